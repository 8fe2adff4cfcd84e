/** Where a secret is given out on purpose, once, and to whom. Everywhere else it is a leak. */
export interface Meant {
  readonly canary: string
  readonly place: string
}

export const meant: readonly Meant[] = [
  // Printed on the console of the host, for whoever makes the first owner or an operator.
  { canary: 'setup token', place: 'tenantatlas serve: stderr' },
  { canary: 'operator setup token', place: 'tenantatlas operator invite: stdout' },
  // For the authenticator app, before there is an account.
  { canary: 'TOTP secret', place: 'POST /api/v1/sign-in/second-factor: body' },
  { canary: 'recovery code', place: 'POST /api/v1/sign-in/setup: body' },
  { canary: 'recovery code', place: 'POST /api/v1/sign-in/invitation/accept: body' },
  { canary: 'recovery code', place: 'POST /api/v1/system/sign-in/setup: body' },
  // Cookies, for the browser that signed in.
  { canary: 'session token', place: 'POST /api/v1/sign-in/setup: headers' },
  { canary: 'session token', place: 'POST /api/v1/sign-in/local: headers' },
  { canary: 'session token', place: 'POST /api/v1/sign-in/invitation/accept: headers' },
  { canary: 'session token', place: 'POST /api/v1/me/session/proof: headers' },
  { canary: 'session token', place: 'GET /sign-in/callback: headers' },
  { canary: 'operator session token', place: 'POST /api/v1/system/sign-in/setup: headers' },
  { canary: 'token of a begun sign-in', place: 'POST /api/v1/sign-in/entra: headers' },
  // Shown once, to whoever made it.
  { canary: 'API key', place: 'POST /api/v1/workspaces/…/api-keys: body' },
  { canary: 'invitation token', place: 'POST /api/v1/workspaces/…/invitations: body' },
  { canary: 'webhook signing secret', place: 'POST /api/v1/workspaces/…/channels: body' },
  { canary: 'webhook signing secret', place: 'POST /api/v1/workspaces/…/channels/…/rotate-secret: body' },
  { canary: 'device token', place: 'POST /api/v1/sign-in/device: body' },
  { canary: 'session token', place: 'POST /api/v1/sign-in/device/token: body' },
]

/** How the answers of an operation are called: without the ids and names in its path. */
export function placeOf(method: string, path: string): string {
  return `${method} ${path.replace(/\/workspaces\/[^/]+/, '/workspaces/…').replaceAll(/[0-9a-f-]{36}/g, '…')}`
}

/** Answers that the story does not ask for and tests do. */
const meantElsewhere = [
  // Cookies, for the browser of the operator.
  'POST /api/v1/system/sign-in: headers',
  'POST /api/v1/system/workspaces/…/break-glass: headers',
  // Of an admin consent: the cookie of the browser that asked, and the state in the address that Entra sends back.
  'POST /api/v1/workspaces/…/tenants/…/connection/consent: headers',
  'POST /api/v1/workspaces/…/tenants/…/connection/consent: body',
]

/** Whether an answer gives a secret out on purpose. */
export function isGivenOutAt(place: string): boolean {
  return meant.some((one) => one.place === place) || meantElsewhere.includes(place)
}
