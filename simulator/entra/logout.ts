/** `/{tenant}/oauth2/v2.0/logout`: nobody stays signed in here, so it only sends the browser where the app wants it. */
import { findRegistration } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import type { PageEndpoint } from './authorize.ts'
import { pageReply } from './page.ts'
import { answerTo, isRegistered } from './redirect.ts'

export function createLogout(cloud: Cloud): PageEndpoint {
  const isKnown = (redirectUri: string, clientId: string | null): boolean => {
    if (clientId === null) return appsOf(cloud).some((app) => isRegistered(app, redirectUri))
    const app = findRegistration(cloud.tenants, clientId)
    return app !== undefined && isRegistered(app, redirectUri)
  }

  return ({ params }) => {
    const redirectUri = params.get('post_logout_redirect_uri') ?? ''
    if (!isKnown(redirectUri, params.get('client_id')))
      return pageReply(200, 'You signed out of your account', '<p>You may close this window.</p>')
    return answerTo({ redirectUri, responseMode: 'query', state: params.get('state') }, {})
  }
}

function appsOf(cloud: Cloud) {
  return cloud.tenants.values().flatMap(({ apps }) => apps.values())
}
