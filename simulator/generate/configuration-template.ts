import { base64 } from './draft.ts'
import { daysAgo } from './graph-dates.ts'
import type { Subject } from './names.ts'
import type { Organisation } from './organisation.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'
import type { GraphObject } from '../world.ts'

/** One type of profile: how common it is and what its objects say. */
export interface ConfigurationTemplate {
  readonly type: string
  readonly platform: Platform
  readonly subject: Subject
  readonly weight: number
  readonly audience?: 'users'
  readonly values: (random: Random, organisation: Organisation) => GraphObject
}

/** A network of one of the sites. */
export function wifi(securityProperty: string, security: string): ConfigurationTemplate['values'] {
  return (random, { prefix, sites }) => ({
    networkName: `${prefix}-${random.pick(['Corp', 'Mobile', 'Secure'])}`,
    ssid: `${prefix}-${random.pick(sites).code}`,
    connectAutomatically: true,
    [securityProperty]: security,
  })
}

export function rootCertificate(random: Random, organisation: Organisation): GraphObject {
  return {
    certFileName: `${organisation.prefix}-RootCA.cer`,
    trustedRootCertificate: certificate(random, organisation),
  }
}

export function certificate(random: Random, { prefix }: Organisation): string {
  const bytes = Array.from({ length: 24 }, () => random.guid().replaceAll('-', '')).join('')
  return base64(
    `-----BEGIN CERTIFICATE-----\n${base64(`CN=${prefix} Root CA ${daysAgo(900)} ${bytes}`)}\n-----END CERTIFICATE-----\n`,
  )
}
