/** How a command line comes to be signed in, and what keeps others out of it. */
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { expectRefusal, freePort, runCli, startCli } from '#entrypoints/cli/testing.ts'
import type { Environment } from '#entrypoints/cli/testing.ts'
import { approve, codeOf, startServer } from '#entrypoints/cli/testing-server.ts'
import type { TestServer } from '#entrypoints/cli/testing-server.ts'

const database = useTestDatabase()
let server: TestServer
let token: string

beforeAll(async () => {
  server = await startServer(database)
  token = (await tokensOf(server.env))['localhost'] ?? ''
})
afterAll(() => server?.[Symbol.asyncDispose]())

/** Of each profile. */
async function tokensOf(env: Environment): Promise<Record<string, string>> {
  const { profiles } = JSON.parse(await readFile(fileOf(env), 'utf8')) as {
    profiles: Record<string, { token: string }>
  }
  return Object.fromEntries(Object.entries(profiles).map(([name, profile]) => [name, profile.token]))
}

const fileOf = (env: Environment) => join(env['TENANTATLAS_CONFIG_DIR'] ?? '', 'profiles.json')

/** Somebody who has not signed in yet. */
async function newcomer(): Promise<{ env: Environment } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-login-'))
  const env = { TENANTATLAS_CONFIG_DIR: join(folder, 'config'), TENANTATLAS_DATA_DIR: folder, NO_COLOR: '1' }
  return { env, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

describe('tenantatlas login', () => {
  test('signs in what somebody approved, in a file of its owner alone, and shows no token', async () => {
    await using someone = await newcomer()
    const login = startCli(['login', server.url, '--name', 'customer'], someone.env)
    await approve(server.url, token, await codeOf(login))
    const { exitCode, stderr } = await login.result
    expect(stderr).toContain(`Signed in to ${server.url} as Ada Moreau`)
    expect(exitCode).toBe(0)
    expect((await stat(fileOf(someone.env))).mode & 0o777).toBe(0o600)
    const kept = (await tokensOf(someone.env))['customer'] ?? 'none'
    const listed = await runCli(['profile', 'list', '-o', 'json'], someone.env)
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'customer', kind: 'session', isCurrent: true }])
    const me = await runCli(['whoami', '-o', 'json'], someone.env)
    expect(JSON.parse(me.stdout)).toMatchObject({ name: 'Ada Moreau', workspaces: [{ slug: 'managed-services' }] })
    expect([stderr, listed.stdout, me.stdout].join('')).not.toContain(kept)
  })

  test('is nothing when it is denied', async () => {
    await using someone = await newcomer()
    const login = startCli(['login', server.url], someone.env)
    await approve(server.url, token, await codeOf(login), false)
    expectRefusal(await login.result, 4, 'The sign-in was denied in the browser')
    await expect(stat(fileOf(someone.env))).rejects.toThrow('ENOENT')
  })

  test('takes an API key from a file or standard input, and nothing that is none', async () => {
    await using someone = await newcomer()
    const key = await givenKey()
    const login = ['login', server.url, '--name', 'ci', '--api-key-file', '-']
    expectRefusal(await runCli(login, someone.env, { stdin: 'tas_session' }), 2, 'holds no API key')
    expectRefusal(await runCli(login, someone.env, { stdin: `${key}x` }), 4, 'no longer valid')
    expect((await runCli(login, someone.env, { stdin: `${key}\n` })).exitCode).toBe(0)
    expect((await runCli(['tenant', 'list'], someone.env)).stderr).toContain('No tenant yet.')
    const added = await runCli(['tenant', 'add', 'Contoso', '--entra-id', crypto.randomUUID()], someone.env)
    expectRefusal(added, 1, 'This API key does not include tenant.manage')
    const inEnvironment = { ...someone.env, TENANTATLAS_URL: server.url, TENANTATLAS_API_KEY: key }
    expect(JSON.parse((await runCli(['whoami', '-o', 'json'], inEnvironment)).stdout)).toMatchObject({
      profile: 'environment',
      kind: 'key',
    })
  })

  test('refuses what would show the sign-in to others, or is no server of this kind', async () => {
    await using someone = await newcomer()
    const login = (...args: string[]) => runCli(['login', ...args], someone.env)
    expectRefusal(await login('http://atlas.example.com'), 2, 'is not encrypted')
    expectRefusal(await login(`localhost:${await freePort()}`), 1, /No TenantAtlas answers at http:\/\/localhost:\d+/)
    expectRefusal(await login(server.url, '--name', 'local'), 2, '"local" is the name of a profile that nobody makes')
    expectRefusal(await login(server.url, '--name', '../x'), 2, 'A profile is named by')
    await using other = await stranger()
    expectRefusal(await login(other.url), 1, 'not as TenantAtlas does')
  })
})

describe('the file of profiles', () => {
  test('is refused when others on the machine may open it, and when it is none', async () => {
    const file = fileOf(server.env)
    await chmod(file, 0o644)
    expectRefusal(await server.run('tenant', 'list'), 1, `close it with \`chmod 600 ${file}\``)
    await chmod(file, 0o600)
    expect((await server.run('tenant', 'list')).exitCode).toBe(0)
  })

  test('names the profile that was meant', async () => {
    expectRefusal(await server.run('tenant', 'list', '--profile', 'localhos'), 3, 'Did you mean "localhost"?')
    expectRefusal(await server.run('profile', 'use', 'nowhere'), 3, '`tenantatlas profile list` shows')
  })
})

test('an act that is hard to take back asks for a proof that is not old', async () => {
  const old = new Date(Date.now() - 6 * 60_000)
  await database.owner.updateTable('sessions').set({ authenticated_at: old }).execute()
  const archive = ['workspace', 'archive', 'managed-services', '--yes']
  expectRefusal(await runCli(archive, server.env), 4, /at most 5 minutes old\. Sign in again with `tenantatlas login/)
  const [workspace] = JSON.parse((await server.run('workspace', 'list', '-o', 'json')).stdout) as object[]
  expect(workspace).toMatchObject({ archivedAt: null })
})

describe('tenantatlas logout', () => {
  test('ends the session at the server and forgets it', async () => {
    await using someone = await newcomer()
    const login = startCli(['login', server.url], someone.env)
    await approve(server.url, token, await codeOf(login))
    await login.result
    const { localhost: kept = '' } = await tokensOf(someone.env)
    const me = () => fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${kept}` } })
    expect((await me()).status).toBe(200)
    expect((await runCli(['logout'], someone.env)).stderr).toContain('is forgotten and its session ended')
    expect((await me()).status).toBe(401)
    expectRefusal(await runCli(['logout'], someone.env), 3, 'You are signed in nowhere')
    expectRefusal(
      await runCli(['tenant', 'list'], someone.env),
      1,
      'sign in to a server with `tenantatlas login <url>`',
    )
  })

  test('a session that ended elsewhere is said to have ended', async () => {
    await using someone = await newcomer()
    const login = startCli(['login', server.url], someone.env)
    await approve(server.url, token, await codeOf(login))
    await login.result
    await database.owner.updateTable('sessions').set({ ended_at: new Date() }).where('method', '=', 'device').execute()
    const refused = await runCli(['tenant', 'list', '-o', 'json'], someone.env)
    expect(refused.exitCode).toBe(4)
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { reason: 'sign_in_required', message: expect.stringContaining('Sign in again with `tenantatlas login') },
    })
  })
})

/** A key that may only look. */
async function givenKey(): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/workspaces/managed-services/api-keys`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: 'ci', capabilities: ['tenant.view'], days: 1 }),
  })
  const { key } = (await answer.json()) as { key: string }
  return key
}

/** A server that is another program. */
async function stranger(): Promise<{ url: string } & AsyncDisposable> {
  const other = createServer((_request, response) => response.writeHead(404).end('<h1>Not here</h1>'))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  return {
    url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      other.close()
      other.closeAllConnections()
      await once(other, 'close')
    },
  }
}
