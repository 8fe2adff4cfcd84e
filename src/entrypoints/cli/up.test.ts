/** `tenantatlas up` as people run it, embedded database and all. */
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectRefusal, freePort, runCli, startCli, startInstallation, untilSaid } from '#entrypoints/cli/testing.ts'
import type { TestInstallation } from '#entrypoints/cli/testing.ts'

const slow = 120_000

describe('a running `tenantatlas up`', () => {
  let installation: TestInstallation

  beforeAll(async () => {
    installation = await startInstallation()
  }, slow)
  afterAll(() => installation?.[Symbol.asyncDispose](), slow)

  test('is found by commands through the data directory', async () => {
    const listed = await installation.run('tenant', 'list', '-o', 'json')
    expect((JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name)).toEqual([
      'Contoso Manufacturing',
      'Fabrikam Retail Group',
      'Woodgrove Clinic',
    ])
  })

  test(
    'is not started twice, and the second one says where the first is',
    async () => {
      const refusal = `TenantAtlas already runs here at ${installation.pageUrl} (process ${installation.child.pid})`
      const others = ['--port', String(await freePort()), '--simulator-port', String(await freePort())]
      expectRefusal(await installation.run('up', ...others), 1, refusal)
      const urls = [installation.pageUrl, installation.simulatorUrl].map((url) => new URL(url).port)
      const same = ['--port', urls[0] ?? '', '--simulator-port', urls[1] ?? '']
      expectRefusal(await installation.run('up', ...same), 1, refusal)
      expect((await fetch(installation.pageUrl)).status).toBe(200)
    },
    slow,
  )

  test(
    'lets a second one with its own data directory say whose port it wanted before it starts anything',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-second-'))
      const { port } = new URL(installation.pageUrl)
      const env = { ...installation.env, TENANTATLAS_DATA_DIR: dataDir }
      const second = await runCli(['up', '--port', port, '--simulator-port', String(await freePort())], env)
      expectRefusal(second, 1, `Port ${port} is used by another program; choose one with --port`)
      expectRefusal(await runCli(['tenant', 'list'], env), 1, 'TenantAtlas is not running')
      const { port: simulatorPort } = new URL(installation.simulatorUrl)
      const third = await runCli(['up', '--port', String(await freePort()), '--simulator-port', simulatorPort], env)
      expectRefusal(third, 1, `Port ${simulatorPort} is used by another program; choose one with --simulator-port`)
      expect(third.stderr).not.toContain('Starting the database')
      expect(await readdir(dataDir)).toEqual([])
      await rm(dataDir, { recursive: true })
    },
    slow,
  )
})

describe('`tenantatlas up`', () => {
  let dataDir: string
  let env: Record<string, string>

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-up-'))
    env = { TENANTATLAS_DATA_DIR: dataDir, TENANTATLAS_LOG_LEVEL: 'warn' }
  })
  afterEach(() => rm(dataDir, { recursive: true, force: true }))

  test(
    'keeps what it knows over a restart, and stops everything it started',
    async () => {
      // The simulated tenants keep their address, so that their connections stay what was verified.
      const simulatorPort = await freePort()
      const first = await startInstallation({ dataDir, simulatorPort })
      await first.run('connection', 'verify', '--tenant', 'Woodgrove Clinic')
      const before = JSON.parse((await first.run('tenant', 'list', '-o', 'json')).stdout) as { id: string }[]
      await first[Symbol.asyncDispose]()
      await expect(fetch(first.simulatorUrl)).rejects.toThrow('fetch failed')
      await expect(fetch(first.pageUrl)).rejects.toThrow('fetch failed')
      expectRefusal(await runCli(['tenant', 'list'], env), 1, 'TenantAtlas is not running')
      await using second = await startInstallation({ dataDir, simulatorPort })
      const after = JSON.parse((await second.run('tenant', 'list', '-o', 'json')).stdout) as {
        id: string
        health: string
      }[]
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
      expect(after.map(({ health }) => health)).toContain('healthy')
      expect((await second.run('connection', 'verify', '--tenant', 'Woodgrove Clinic')).exitCode).toBe(0)
    },
    slow,
  )

  test(
    'checks all connections again when the simulated cloud has another address',
    async () => {
      const expectHealthy = async (installation: TestInstallation) => {
        const healths = async () => {
          const { stdout } = await installation.run('tenant', 'list', '-o', 'json')
          return (JSON.parse(stdout) as { health: string }[]).map(({ health }) => health)
        }
        await expect.poll(healths, { timeout: 60_000, interval: 1000 }).toEqual(['healthy', 'healthy', 'healthy'])
      }
      const first = await startInstallation({ dataDir })
      await expectHealthy(first)
      await first[Symbol.asyncDispose]()
      await using second = await startInstallation({ dataDir })
      await expectHealthy(second)
    },
    slow,
  )

  test(
    'refuses a damaged data directory and changes nothing in it',
    async () => {
      await mkdir(join(dataDir, 'postgres', 'data'), { recursive: true })
      await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), 'garbage')
      // PostgreSQL never runs as root, so a database of root is refused for that alone.
      if (process.getuid?.() === 0) await chown(join(dataDir, 'postgres'), 60_771, 60_771)
      const before = await readdir(dataDir, { recursive: true })
      const refused = await runCli(['up', '--port', String(await freePort())], env)
      expectRefusal(refused, 1, dataDir)
      expect(refused.stderr).toContain('set TENANTATLAS_DATA_DIR to a new one; nothing was changed.')
      expect(await readdir(dataDir, { recursive: true })).toEqual(before)
    },
    slow,
  )

  test.skipIf(process.getuid?.() !== 0)('says who must own a database of root', async () => {
    await mkdir(join(dataDir, 'postgres'))
    const refused = await runCli(['up', '--port', String(await freePort()), '--no-simulator'], env)
    expectRefusal(
      refused,
      1,
      'belongs to root, and PostgreSQL does not run as root: give the folder to an ordinary user',
    )
  })

  test('names every mistake in the environment at once', async () => {
    const refused = await runCli(['up'], { ...env, TENANTATLAS_PORT: 'many', TENANTATLAS_WORKER_SLOTS: '0' })
    expectRefusal(
      refused,
      1,
      /TENANTATLAS_PORT must be a whole number.*TENANTATLAS_WORKER_SLOTS must be a whole number/s,
    )
  })
})

describe('`tenantatlas simulator`', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantatlas-export-'))
    await mkdir(join(folder, 'Settings Catalog'))
    await writeFile(join(folder, 'Settings Catalog', 'Broken.json'), '{ "name": "half a')
  })
  afterAll(() => rm(folder, { recursive: true }))

  const policy = {
    '@odata.type': '#microsoft.graph.deviceManagementConfigurationPolicy',
    id: crypto.randomUUID(),
    name: 'Baseline',
    settings: [],
  }

  test(
    'refuses an export of which it understands nothing',
    async () => {
      const refused = await runCli(
        ['simulator', '--load', folder, '--as', 'Contoso', '--port', String(await freePort())],
        {},
      )
      expectRefusal(refused, 1, /Nothing in the export folder .* is understood; .*Broken\.json: not valid JSON/)
    },
    slow,
  )

  test(
    'loads what it understands of an export and lists the rest with the reason',
    async () => {
      await writeFile(join(folder, 'Settings Catalog', 'Baseline.json'), JSON.stringify(policy))
      const started = startCli(
        ['simulator', '--load', folder, '--as', 'Contoso', '--port', String(await freePort())],
        {},
      )
      await untilSaid(started, 'Ctrl-C stops it')
      started.child.kill('SIGINT')
      const { stdout, exitCode } = await started.result
      expect(stdout).toContain('Contoso: 1 object loaded, 1 file not understood')
      expect(stdout).toMatch(/not understood: .*Broken\.json: not valid JSON/)
      expect(exitCode).toBe(0)
    },
    slow,
  )

  test(
    'says whose port it wanted, and that a folder is not there',
    async () => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo
      expectRefusal(
        await runCli(['simulator', '--tenants', '1', '--policies', '1', '--port', String(port)], {}),
        1,
        `Port ${port} is in use`,
      )
      taken.close()
      expectRefusal(
        await runCli(['simulator', '--load', join(folder, 'nowhere'), '--port', String(port)], {}),
        1,
        'nowhere',
      )
    },
    slow,
  )
})
