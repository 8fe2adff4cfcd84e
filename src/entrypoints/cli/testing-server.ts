/** Test only: a server over a database of the test's own, and a person whose command line is signed in to it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { TestDatabase } from '#foundation/db/testing.ts'
import { freePort, runCli, startCli, untilSaid } from '#entrypoints/cli/testing.ts'
import type { CliResult, Environment, StartedCli } from '#entrypoints/cli/testing.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** Where the server and the person keep their files. */
  readonly dataDir: string
  readonly env: Environment
  run(...args: string[]): Promise<CliResult>
}

/** `serve`, without a worker, and its first owner signed in by `login`. */
export async function startServer(
  database: TestDatabase,
  { owner = 'Ada Moreau', graphHosts = [] }: { readonly owner?: string; readonly graphHosts?: readonly string[] } = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-cli-'))
  const port = await freePort()
  const env = {
    DATABASE_URL: database.url,
    TENANTATLAS_DATA_DIR: dataDir,
    TENANTATLAS_CONFIG_DIR: join(dataDir, 'config'),
    TENANTATLAS_GRAPH_ALLOW_HOSTS: graphHosts.join(','),
    TENANTATLAS_LOG_LEVEL: 'warn',
    TENANTATLAS_METRICS_PORT: '0',
    NO_COLOR: '1',
  }
  const started = startCli(['serve', '--port', String(port)], env)
  const link = /setup#(\S+)/.exec(await untilSaid(started, 'Sign-in with Microsoft Entra is off'))?.[1] ?? ''
  const url = `http://localhost:${port}`
  await signIn(env, url, { link, owner })
  return {
    url,
    dataDir,
    env,
    async run(...args) {
      // A file of tests may take longer than a proof of who somebody is is good for.
      await database.owner.updateTable('sessions').set({ authenticated_at: new Date() }).execute()
      return runCli(args, env)
    },
    async [Symbol.asyncDispose]() {
      started.child.kill('SIGTERM')
      await started.result
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** As people do it: the link of the first start makes the owner, who approves the code that the program shows. */
async function signIn(env: Environment, url: string, setup: { link: string; owner: string }): Promise<void> {
  const token = await setUp(url, setup)
  const login = startCli(['login', url], env)
  await approve(url, token, await codeOf(login))
  const { exitCode, stderr } = await login.result
  if (exitCode !== 0) throw new Error(`tenantatlas login ended with ${exitCode}:\n${stderr}`)
}

/** Makes the first owner and their workspace; answers the token of their session. */
async function setUp(url: string, { link, owner }: { readonly link: string; readonly owner: string }): Promise<string> {
  const loginName = owner.split(' ')[0]?.toLowerCase() ?? ''
  const factor = await post(url, '/sign-in/second-factor', { loginName })
  const { secret } = (await factor.json()) as { secret: string }
  const made = await post(url, '/sign-in/setup', {
    token: link,
    name: owner,
    workspaceName: 'Managed Services',
    loginName,
    password: 'correct horse battery staple',
    totpSecret: secret,
    code: new TOTP({ secret: Secret.fromBase32(secret) }).generate(),
  })
  return /tas_[^;]+/.exec(made.headers.get('set-cookie') ?? '')?.[0] ?? ''
}

/** The code that a `login` shows. */
export async function codeOf(login: StartedCli): Promise<string> {
  const said = await untilSaid(login, 'It is good until')
  return /[A-Z]{4}-[A-Z]{4}/.exec(said)?.[0] ?? ''
}

/** Approves or denies a program as whoever has that token. */
export async function approve(url: string, token: string, code: string, isApproved = true): Promise<void> {
  await post(url, `/me/devices/${code}`, { approve: isApproved }, token)
}

async function post(url: string, path: string, body: object, token?: string): Promise<Response> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`POST ${path} was refused with ${answer.status}: ${await answer.text()}`)
  return answer
}
