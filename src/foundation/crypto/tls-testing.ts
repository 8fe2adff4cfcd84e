/** Test only: certificates of an authority that this process believes, and such as nobody should believe. */
import type { SecureContextOptions } from 'node:tls'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll, beforeAll } from 'vitest'

/** What is wrong with a server, and the word that OpenSSL or Node has for it; it depends on who wrote last. */
export const untrusted = [
  ['whose certificate it signed itself', 'selfSigned', /DEPTH_ZERO_SELF_SIGNED_CERT/],
  ['whose certificate is for another name', 'otherName', /ERR_TLS_CERT_ALTNAME_INVALID/],
  ['whose certificate has ended', 'ended', /CERT_HAS_EXPIRED/],
  ['that speaks TLS 1.1 at most', 'old', /ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|EPROTO/],
] as const

export type Untrusted = (typeof untrusted)[number][1]

export type TlsSettings = Pick<SecureContextOptions, 'key' | 'cert' | 'minVersion' | 'maxVersion' | 'ciphers'>

export interface TestAuthority {
  /** In PEM. */
  readonly certificate: string
  /** What a server on this machine presents: `trusted` is good for `localhost` and 127.0.0.1. */
  readonly settings: Readonly<Record<'trusted' | Untrusted, TlsSettings>>
}

/** Believed by this process for as long as the tests of the file run. */
export function useAuthority(): TestAuthority {
  const before = getCACertificates('default')
  let made: TestAuthority | undefined
  beforeAll(async () => {
    made = await makeAuthority()
    setDefaultCACertificates([...before, made.certificate])
  })
  afterAll(() => setDefaultCACertificates(before))
  const authority = (): TestAuthority => {
    if (made === undefined) throw new TypeError('the authority has not been made')
    return made
  }
  return {
    get certificate() {
      return authority().certificate
    },
    get settings() {
      return authority().settings
    },
  }
}

const aDayMs = 86_400_000

async function makeAuthority(): Promise<TestAuthority> {
  const authority = await generate([{ name: 'commonName', value: 'Test Authority' }], {
    ...usual,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  const here = [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ] as const
  const trusted = await certificateFor(here, { ca })
  const ago = { notBeforeDate: new Date(Date.now() - 2 * aDayMs), notAfterDate: new Date(Date.now() - aDayMs) }
  return {
    certificate: authority.cert,
    settings: {
      trusted,
      selfSigned: await certificateFor(here, {}),
      otherName: await certificateFor([{ type: 2, value: 'other.example.com' }], { ca }),
      ended: await certificateFor(here, { ca, ...ago }),
      old: { ...trusted, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    },
  }
}

const usual = { keyType: 'ec', algorithm: 'sha256' } as const

type Signing = Pick<NonNullable<Parameters<typeof generate>[1]>, 'ca' | 'notBeforeDate' | 'notAfterDate'>
type Names = readonly { readonly type: 2 | 7; readonly value?: string; readonly ip?: string }[]

async function certificateFor(altNames: Names, signing: Signing): Promise<TlsSettings> {
  const made = await generate([{ name: 'commonName', value: 'server' }], {
    ...usual,
    ...signing,
    extensions: [{ name: 'subjectAltName', altNames: [...altNames] }],
  })
  return { key: made.private, cert: made.cert }
}
