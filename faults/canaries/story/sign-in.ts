/** Setup, local accounts, sign-in at the simulated Entra, keys, invitations, devices and an operator. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import { homePeople } from '../../../simulator/people.ts'
import type { Asked, Sent } from '../recorder.ts'
import type { Stage } from '../stage.ts'

export const slug = 'canary-house'

/** Who the story goes on as, and what may be presented in wrong places. */
export interface SignedIn {
  readonly cookie: string
  readonly apiKey: string
  readonly password: string
}

/** An API call; `must` fails the story when it is refused. */
export function apiOf(
  { recorder, pageUrl }: Pick<Stage, 'recorder' | 'pageUrl'>,
  headers: Record<string, string> = {},
) {
  const ask = (method: string, path: string, sent: Sent = {}) =>
    recorder.ask(method, `${pageUrl}/api/v1${path}`, { ...sent, headers: { ...headers, ...sent.headers } })
  const must = async <Body = Record<string, string>>(method: string, path: string, body?: object) => {
    const asked = await ask(method, path, body === undefined ? {} : { body })
    if (asked.status >= 300) throw new Error(`${method} ${path} answered ${asked.status}: ${asked.text}`)
    // Safe: the story names the shape it reads, and fails where a member is missing.
    return { ...asked, body: asked.body as Body }
  }
  return { ask, must }
}

export async function signInEveryWay(stage: Stage, setupToken: string): Promise<SignedIn> {
  const { canaries } = stage
  const { must, ask } = apiOf(stage)
  const password = canaries.make('password of a local account')
  const owner = { ...(await givenFactor(stage, 'ada')), password }
  canaries.learn('setup token', setupToken)
  await ask('POST', '/sign-in/setup', {
    body: { token: setupToken, name: 'Ada', workspaceName: 'Canary House', ...owner, code: '000000' },
  })
  const made = await must<{ recoveryCodes: string[] }>('POST', '/sign-in/setup', {
    token: setupToken,
    name: 'Ada',
    workspaceName: 'Canary House',
    ...owner,
    code: codeOf(owner.totpSecret),
  })
  const [first = '', second = '', third = ''] = learnCodes(stage, made.body.recoveryCodes)
  learnSession(stage, made)
  await signInWrongly(stage, { loginName: 'ada', password, code: first })
  const signedIn = await must('POST', '/sign-in/local', { loginName: 'ada', password, code: first, returnTo: '/' })
  const before = apiOf(stage, { cookie: learnSession(stage, signedIn) })
  await before.ask('POST', '/me/session/proof', { body: { loginName: 'ada', password: `${password}x`, code: second } })
  // The session goes on under another token.
  const cookie = learnSession(
    stage,
    await before.must('POST', '/me/session/proof', { loginName: 'ada', password, code: third }),
  )
  const owned = apiOf(stage, { cookie })
  const key = await owned.must('POST', `/workspaces/${slug}/api-keys`, {
    name: 'ci',
    capabilities: ['tenant.view', 'operations.view'],
  })
  const apiKey = canaries.learn('API key', key.body['key'] ?? '')
  await invite(stage, owned)
  await signInDevice(stage, owned)
  await signInCommands(stage, owned)
  await signInAtEntra(stage, owned)
  return { cookie, apiKey, password }
}

type Api = ReturnType<typeof apiOf>

/** Password and code in each other's place, and each of them wrong. */
async function signInWrongly(stage: Stage, right: { loginName: string; password: string; code: string }) {
  const { ask } = apiOf(stage)
  const wrongs = [
    { ...right, password: stage.canaries.make('wrong password') },
    { ...right, code: stage.canaries.makePlain('wrong code').slice(0, 20) },
    { ...right, loginName: right.password.slice(0, 100), password: right.loginName },
    { ...right, code: right.password.slice(0, 20), password: right.code },
    { ...right, totpSecret: right.password },
    { ...right, [right.password]: 'x' },
  ]
  for (const wrong of wrongs) await ask('POST', '/sign-in/local', { body: { ...wrong, returnTo: '/' } })
}

async function invite(stage: Stage, owner: Api): Promise<void> {
  const { must, ask } = apiOf(stage)
  const invited = await owner.must('POST', `/workspaces/${slug}/invitations`, {
    name: 'Ben',
    kind: 'local',
    role: 'operator',
  })
  const token = tokenOf(stage, 'invitation token', invited.body['link'] ?? '')
  await must('POST', '/sign-in/invitation', { token })
  const wish = {
    name: 'Ben',
    ...(await givenFactor(stage, 'ben')),
    password: stage.canaries.make('password of a member'),
  }
  await ask('POST', '/sign-in/invitation/accept', {
    body: { token, ...wish, password: 'short', code: codeOf(wish.totpSecret) },
  })
  const accepted = await must<{ recoveryCodes: string[] }>('POST', '/sign-in/invitation/accept', {
    token,
    ...wish,
    code: codeOf(wish.totpSecret),
  })
  learnCodes(stage, accepted.body.recoveryCodes)
  learnSession(stage, accepted)
}

async function signInDevice(stage: Stage, owner: Api): Promise<void> {
  const { must } = apiOf(stage)
  const { body } = await must('POST', '/sign-in/device', { name: 'console' })
  const deviceToken = stage.canaries.learn('device token', body['deviceToken'] ?? '')
  await owner.must('POST', `/me/devices/${body['userCode']}`, { approve: true })
  const taken = await must('POST', '/sign-in/device/token', { deviceToken })
  stage.canaries.learn('session token', taken.body['token'] ?? '')
}

/** The commands of whoever tells the story: their session lies in a file of theirs. */
async function signInCommands({ recorder, env, pageUrl, canaries }: Stage, owner: Api): Promise<void> {
  const login = recorder.start(['login', pageUrl, '--name', 'story'], env)
  const code = /[A-Z]{4}-[A-Z]{4}/.exec(await login.untilSaid('It is good until'))?.[0] ?? ''
  await owner.must('POST', `/me/devices/${code}`, { approve: true })
  if ((await login.exited) !== 0) throw new Error(`nobody was signed in:\n${login.stderr()}`)
  const text = await readFile(join(env.TENANTATLAS_CONFIG_DIR, 'profiles.json'), 'utf8')
  const { profiles } = JSON.parse(text) as { profiles: Record<string, { token: string }> }
  canaries.learn('session token', profiles['story']?.token ?? '')
}

/** Invited, let in; then the same code once more, and one of nobody. */
async function signInAtEntra(stage: Stage, owner: Api): Promise<void> {
  const { recorder, canaries, pageUrl } = stage
  const { tenantId: entraTenantId, objectId: entraObjectId } = homePeople.owner
  const invitation = { name: 'Olivia', kind: 'entra', role: 'manager', entraTenantId, entraObjectId }
  const invited = await owner.must('POST', `/workspaces/${slug}/invitations`, invitation)
  const token = tokenOf(stage, 'invitation token', invited.body['link'] ?? '')
  const begun = await apiOf(stage).must('POST', '/sign-in/entra', { returnTo: '/', invitation: token })
  const browser = cookieOf(begun)
  canaries.learn('token of a begun sign-in', browser.split('=')[1] ?? '')
  const atEntra = await fetch(begun.body['url'] ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ person: entraObjectId }),
  })
  const back = new URL(atEntra.headers.get('location') ?? '')
  const code = canaries.learn('authorization code', back.searchParams.get('code') ?? '')
  const callback = `${pageUrl}${back.pathname}${back.search}`
  await recorder.ask('GET', callback)
  const signedIn = await recorder.ask('GET', callback, { headers: { cookie: browser } })
  learnSession(stage, signedIn)
  await recorder.ask('GET', callback, { headers: { cookie: browser } })
  await recorder.ask('GET', `${pageUrl}/sign-in/callback?error=${code}&error_description=${code}&state=${code}`, {
    headers: { cookie: browser },
  })
  await refusedByEntra(stage, entraObjectId)
}

/** Entra refuses the code and says back all it was sent. */
async function refusedByEntra(stage: Stage, person: string): Promise<void> {
  const { recorder, canaries, pageUrl, relay } = stage
  const begun = await apiOf(stage).must('POST', '/sign-in/entra', { returnTo: '/' })
  const browser = cookieOf(begun)
  canaries.learn('token of a begun sign-in', browser.split('=')[1] ?? '')
  const atEntra = await fetch(begun.body['url'] ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ person }),
  })
  const back = new URL(atEntra.headers.get('location') ?? '')
  canaries.learn('authorization code', back.searchParams.get('code') ?? '')
  relay.echoes = ['token']
  await recorder.ask('GET', `${pageUrl}${back.pathname}${back.search}`, { headers: { cookie: browser } })
  relay.echoes = []
}

/** The operator of the platform: invited on the host, signed in, in a workspace as a guest. */
export async function comeAsOperator(stage: Stage): Promise<void> {
  const { canaries, recorder, env } = stage
  const { stdout } = await recorder.run(['operator', 'invite', '-o', 'json'], env)
  const token = tokenOf(stage, 'operator setup token', (JSON.parse(stdout) as { link: string }).link)
  const password = canaries.make('password of an operator')
  const account = { name: 'Olga', ...(await givenFactor(stage, 'olga.petrov')), password }
  const { must, ask } = apiOf(stage)
  const made = await must<{ recoveryCodes: string[] }>('POST', '/system/sign-in/setup', {
    token,
    ...account,
    code: codeOf(account.totpSecret),
  })
  learnCodes(stage, made.body.recoveryCodes)
  const cookie = cookieOf(made)
  canaries.learn('operator session token', cookie.split('=')[1] ?? '')
  await ask('POST', '/system/sign-in', { body: { loginName: password.slice(0, 100), password, code: '123456' } })
  const operator = apiOf(stage, { cookie })
  for (const path of ['me', 'workspaces', 'workers', 'queue', 'stuck-runs', 'events'])
    await operator.must('GET', `/system/${path}`)
}

async function givenFactor(stage: Stage, loginName: string) {
  const { body } = await apiOf(stage).must('POST', '/sign-in/second-factor', { loginName })
  return { loginName, totpSecret: stage.canaries.learn('TOTP secret', body['secret'] ?? '') }
}

function codeOf(secret: string): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate()
}

function learnCodes({ canaries }: Stage, codes: readonly string[]): readonly string[] {
  for (const code of codes) canaries.learn('recovery code', code)
  return codes
}

function learnSession({ canaries }: Stage, asked: Asked): string {
  const cookie = cookieOf(asked)
  const token = /tas_[\w-]+/.exec(cookie)?.[0]
  if (token === undefined) throw new Error(`no session came with ${asked.status} ${asked.text}`)
  canaries.learn('session token', token)
  return `tenantatlas=${token}`
}

function cookieOf({ headers }: Asked): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

function tokenOf({ canaries }: Stage, name: string, link: string): string {
  return canaries.learn(name, new URL(link).hash.slice(1))
}
