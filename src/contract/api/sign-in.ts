import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, factorCode, list, moment, password, role, text, workspaceSlug } from '#contract/api/schemas.ts'

const tag = 'sign-in'
const isPublic = { access: 'public', effect: 'change', audit: null } as const

const token = z.string().min(10).max(200)
/** Where the browser goes afterwards: a path of this console. */
const returnTo = z.string().max(1_000).default('/')

const localAccount = {
  loginName: z.string().min(2).max(63),
  password,
  /** In base32, as `newSecondFactor` answered it. */
  totpSecret: z.string().regex(/^[A-Z2-7]{32}$/),
  /** What the authenticator app shows now. */
  code: z.string().regex(/^\d{6}$/),
}
const recoveryCodes = list(z.string())

export const signIn = {
  options: procedure(
    { access: 'public', effect: 'read', audit: null },
    { method: 'GET', path: '/sign-in', summary: 'Show how people sign in here', tag },
  ).output(z.object({ entra: z.boolean(), local: z.literal(true), needsSetup: z.boolean() })),
  entra: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/entra',
    summary: 'Begin a sign-in with Microsoft Entra',
    description:
      'Answers where to send the browser; what comes back is bound to it by a cookie. With an invitation: to accept it.',
    tag,
  })
    .input(z.strictObject({ returnTo, invitation: token.optional() }))
    .output(z.object({ url: z.url() })),
  local: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/local',
    summary: 'Sign in with a local account',
    description: 'The session comes as a cookie. `code`: six digits of the authenticator app, or a recovery code.',
    tag,
  })
    .input(z.strictObject({ loginName: z.string().min(1).max(100), password, code: factorCode, returnTo }))
    .output(z.object({ returnTo: z.string() })),
  newSecondFactor: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/second-factor',
    summary: 'Make a secret for an authenticator app',
    description: 'Nothing is stored until an account is made with it.',
    tag,
  })
    .input(z.strictObject({ loginName: z.string().min(1).max(63) }))
    .output(z.object({ secret: z.string(), uri: z.string() })),
  setUp: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/setup',
    summary: 'Make the first owner and their workspace',
    description: 'With the link that the first start prints on its console. The recovery codes are shown once.',
    tag,
    successStatus: 201,
  })
    .input(z.strictObject({ token, name: text(100), workspaceName: text(100), ...localAccount }))
    .output(z.object({ workspace: workspaceSlug, recoveryCodes })),
  invitation: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/invitation',
    summary: 'Show what an invitation is for',
    tag,
  })
    .input(z.strictObject({ token }))
    .output(z.object({ kind: z.enum(['entra', 'local']), name: z.string(), role })),
  acceptInvitation: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/invitation/accept',
    summary: 'Accept an invitation with a new local account',
    tag,
    successStatus: 201,
  })
    .input(z.strictObject({ token, name: text(100), ...localAccount }))
    .output(z.object({ recoveryCodes })),
  proveLocally: procedure(
    { access: 'signed_in', effect: 'change', audit: null },
    {
      method: 'POST',
      path: '/me/session/proof',
      summary: 'Prove once more who you are, with a local account',
      tag,
    },
  )
    .input(z.strictObject({ loginName: z.string().min(1).max(100), password, code: factorCode }))
    .output(done),
  proveWithEntra: procedure(
    { access: 'signed_in', effect: 'change', audit: null },
    {
      method: 'POST',
      path: '/me/session/entra-proof',
      summary: 'Prove once more who you are, at Microsoft Entra',
      tag,
    },
  )
    .input(z.strictObject({ returnTo }))
    .output(z.object({ url: z.url() })),
  beginDevice: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/device',
    summary: 'Begin the sign-in of a program without a browser',
    description:
      'Show the person the code and the address; ask `takeDevice` every few seconds until they have approved.',
    tag,
  })
    .input(z.strictObject({ name: text(100) }))
    .output(z.object({ deviceToken: z.string(), userCode: z.string(), url: z.url(), expiresAt: moment })),
  takeDevice: procedure(isPublic, {
    method: 'POST',
    path: '/sign-in/device/token',
    summary: 'Take the session a person approved for a program',
    tag,
  })
    .input(z.strictObject({ deviceToken: token }))
    .output(z.object({ state: z.enum(['waiting', 'denied', 'approved']), token: z.string().nullable() })),
  showDevice: procedure(
    { access: 'signed_in', effect: 'read', audit: null },
    { method: 'GET', path: '/me/devices/{userCode}', summary: 'Show which program asks to be signed in', tag },
  )
    .input(z.strictObject({ userCode: z.string().max(20) }))
    .output(z.object({ name: z.string(), expiresAt: moment })),
  answerDevice: procedure(
    { access: 'signed_in', effect: 'change', audit: null, stepUp: true },
    { method: 'POST', path: '/me/devices/{userCode}', summary: 'Approve or deny a program', tag },
  )
    .input(z.strictObject({ userCode: z.string().max(20), approve: z.boolean() }))
    .output(done),
} as const
