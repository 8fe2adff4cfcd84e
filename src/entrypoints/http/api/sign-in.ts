import { beginBrowserSignIn, pathOnly, type SignInWish } from '#domain/access/browser-sign-in/begin-browser-sign-in.ts'
import { prepareLocalAccount } from '#domain/access/local-accounts/create-local-account.ts'
import { newTotp } from '#domain/access/local-accounts/second-factor.ts'
import { provePassword, signInLocally } from '#domain/access/local-accounts/sign-in-locally.ts'
import { acceptInvitation, findInvitation } from '#domain/access/members/accept-invitation.ts'
import { endSession } from '#domain/access/sessions/end-sessions.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { proveAgain } from '#domain/access/sessions/prove-again.ts'
import { answerDevice, beginDevice, showDevice, takeDevice } from '#domain/access/sessions/sign-in-device.ts'
import { needsSetup, setUp } from '#domain/access/setup/set-up.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { personOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const signIn = {
  options: os.signIn.options.handler(async ({ context }) => ({
    entra: context.signIn.entra !== undefined,
    local: true as const,
    needsSetup: await needsSetup(context.db),
  })),
  entra: os.signIn.entra.handler(async ({ context, input }) => {
    const { invitation, returnTo } = input
    const wish =
      invitation === undefined
        ? ({ purpose: 'sign_in' } as const)
        : ({ purpose: 'invitation', token: invitation } as const)
    return beginAtEntra(context, wish, returnTo)
  }),
  local: os.signIn.local.handler(async ({ context, input }) => {
    context.signIn.takeTry(input.loginName)
    const { token } = await signInLocally(context.db, context.signIn.sealer, input)
    await giveSession(context, token)
    return { returnTo: pathOnly(input.returnTo) }
  }),
  newSecondFactor: os.signIn.newSecondFactor.handler(({ input }) => newTotp(input.loginName)),
  setUp: os.signIn.setUp.handler(async ({ context, input }) => {
    context.signIn.takeTry('setup')
    const { token, ...setup } = input
    const done = await setUp(context.db, context.signIn.sealer, token, setup)
    await giveSession(context, done.token)
    return { workspace: done.workspaceSlug, recoveryCodes: done.recoveryCodes }
  }),
  invitation: os.signIn.invitation.handler(async ({ context, input }) => {
    context.signIn.takeTry('invitation')
    const invitation = await findInvitation(context.db, input.token)
    if (invitation === undefined)
      throw new Failure('not_found', 'This link works no more: it was used, withdrawn, or is older than seven days.')
    return { kind: invitation.kind, name: invitation.name, role: invitation.role }
  }),
  acceptInvitation: os.signIn.acceptInvitation.handler(async ({ context, input }) => {
    context.signIn.takeTry('invitation')
    const { token, name, ...wish } = input
    const { account, recoveryCodes } = await prepareLocalAccount(context.signIn.sealer, wish)
    const { userId } = await acceptInvitation(context.db, token, { kind: 'local', account, name })
    await giveSession(context, (await openSession(context.db, { userId, method: 'local' })).token)
    return { recoveryCodes }
  }),
  proveLocally: os.signIn.proveLocally.handler(async ({ context, input }) => {
    const person = personOf(context)
    context.signIn.takeTry(input.loginName)
    const { userId } = await provePassword(context.db, context.signIn.sealer, input)
    const token = userId === person.userId ? await proveAgain(context.db, person.sessionId, userId) : undefined
    if (token === undefined)
      throw new Failure('sign_in_failed', 'This is not the person of the session: sign in as the same one.')
    giveToken(context, token)
    return { ok: true as const }
  }),
  proveWithEntra: os.signIn.proveWithEntra.handler(async ({ context, input }) => {
    const { sessionId } = personOf(context)
    return beginAtEntra(context, { purpose: 'step_up', sessionId }, input.returnTo)
  }),
  beginDevice: os.signIn.beginDevice.handler(async ({ context, input }) => {
    context.signIn.takeTry('device')
    const { deviceToken, userCode, expiresAt } = await beginDevice(context.db, input.name)
    return { deviceToken, userCode, url: `${context.pageUrl}/device`, expiresAt: expiresAt.toISOString() }
  }),
  takeDevice: os.signIn.takeDevice.handler(async ({ context, input }) => {
    const taken = await takeDevice(context.db, input.deviceToken)
    return { state: taken.state, token: taken.state === 'approved' ? taken.token : null }
  }),
  showDevice: os.signIn.showDevice.handler(async ({ context, input }) => {
    personOf(context)
    const { name, expiresAt } = await showDevice(context.db, input.userCode)
    return { name, expiresAt: expiresAt.toISOString() }
  }),
  answerDevice: os.signIn.answerDevice.handler(async ({ context, input }) => {
    const { userId } = personOf(context)
    await answerDevice(context.db, input.userCode, input.approve ? userId : 'denied')
    return { ok: true as const }
  }),
}

async function beginAtEntra(context: ApiContext, wish: SignInWish, returnTo: string): Promise<{ url: string }> {
  const { entra } = context.signIn
  if (entra === undefined)
    throw new Failure(
      'missing_configuration',
      'Sign-in with Microsoft Entra is not configured here: set TENANTATLAS_ENTRA_CLIENT_ID.',
    )
  const { url, browserToken } = await beginBrowserSignIn(context.db, entra, wish, returnTo)
  context.answer.append('Set-Cookie', context.cookies.signIn.header(browserToken))
  return { url }
}

/** Whoever was signed in with this browser is not any more. */
async function giveSession(context: ApiContext, token: string): Promise<void> {
  const { caller } = context
  if (caller?.kind === 'person') await endSession(context.db, caller.sessionId)
  giveToken(context, token)
}

function giveToken(context: ApiContext, token: string): void {
  context.log.info({ requestId: context.requestId, address: context.address }, 'signed in')
  context.answer.append('Set-Cookie', context.cookies.session.header(token))
}
