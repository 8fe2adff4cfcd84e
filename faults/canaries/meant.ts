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
  { canary: 'API key', place: 'POST /api/v1/workspaces/canary-house/api-keys: body' },
  { canary: 'invitation token', place: 'POST /api/v1/workspaces/canary-house/invitations: body' },
  { canary: 'webhook signing secret', place: 'POST /api/v1/workspaces/canary-house/channels: body' },
  { canary: 'webhook signing secret', place: 'POST /api/v1/workspaces/canary-house/channels/…/rotate-secret: body' },
  { canary: 'device token', place: 'POST /api/v1/sign-in/device: body' },
  { canary: 'session token', place: 'POST /api/v1/sign-in/device/token: body' },
]
