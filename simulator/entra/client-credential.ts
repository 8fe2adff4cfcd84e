/** How an app proves itself to the token endpoint: by its secret or by a signed assertion. */
import { findRegistration } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import type { SimApp } from '../world.ts'
import { checkClientAssertion, comparable } from './client-assertion.ts'
import { refusals } from './entra-error.ts'

export interface Proof {
  readonly form: URLSearchParams
  /** The host the client asked, with its port. */
  readonly host: string
  /** Names of the tenant as they may stand in the audience of an assertion. */
  readonly tenantNames: readonly string[]
}

export type CredentialCheck = (proof: Proof, app: SimApp) => void

/** The check throws EntraError unless the app proved itself. An assertion serves once. */
export function createCredentialCheck(cloud: Cloud): CredentialCheck {
  const usedIds = new Set<string>()
  return ({ form, host, tenantNames }, known) => {
    // Where it is only consented to, its credentials are those of its own tenant.
    const app = findRegistration(cloud.tenants, known.clientId) ?? known
    const secret = form.get('client_secret')
    if (secret !== null) {
      if (secret === app.secret) return
      throw refusals.wrongSecret(app.clientId)
    }
    const assertion = form.get('client_assertion')
    if (assertion === null) throw refusals.noCredential()
    const audiences = tenantNames.flatMap((name) => audiencesOf(host, name))
    checkClientAssertion(assertion, { app, audiences, now: cloud.clock.now(), usedIds })
  }
}

function audiencesOf(host: string, tenant: string): string[] {
  const paths = ['oauth2/v2.0/token', 'v2.0', 'oauth2/token', '']
  return paths.map((path) => comparable(`${host}/${tenant}/${path}`))
}
