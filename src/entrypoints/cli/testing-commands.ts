/** Test only: the command line over a database of its own, with a worker and two simulated tenants. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TestDatabase } from '#foundation/db/testing.ts'
import { runCli, startCli } from '#entrypoints/cli/testing.ts'
import type { CliResult, Environment, StartedCli } from '#entrypoints/cli/testing.ts'

export interface CommandLine {
  readonly database: TestDatabase
  readonly env: Environment
  readonly dataDir: string
  readonly simulator: StartedSimulator
  readonly worker: StartedCli
  ta(...args: string[]): Promise<CliResult>
  /** A step that prepares a test: it must succeed. */
  must(...args: string[]): Promise<CliResult>
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>
  /** Connects one of the two tenants by an app registration of the simulated cloud. */
  connect(tenant: string, app: 'reader' | 'writer', options?: { secret?: string }): Promise<CliResult>
}

/**
 * Two connected tenants, Contoso (observed and backed up) and Fabrikam (neither), and a worker. Members are there from
 * beforeAll on.
 */
export function useCommandLine(): CommandLine {
  const database = useTestDatabase()
  let dataDir = ''
  let simulator: StartedSimulator
  let worker: StartedCli

  const line: CommandLine = {
    database,
    get env() {
      return {
        DATABASE_URL: database.url,
        TENANTATLAS_DATA_DIR: dataDir,
        TENANTATLAS_LOG_LEVEL: 'warn',
        TENANTATLAS_METRICS_PORT: '0',
        NO_COLOR: '1',
      }
    },
    get dataDir() {
      return dataDir
    },
    get simulator() {
      return simulator
    },
    get worker() {
      return worker
    },
    ta: (...args) => runCli(args, line.env),
    async must(...args) {
      const result = await line.ta(...args)
      if (result.exitCode === 0) return result
      throw new Error(`tenantatlas ${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr}`)
    },
    async json<T>(...args: string[]) {
      const { stdout } = await line.must(...args, '-o', 'json')
      return JSON.parse(stdout) as T
    },
    async connect(tenant, app, { secret } = {}) {
      const found = simulator.tenants.find(({ name }) => name === tenant)?.apps.find(({ name }) => name === app)
      const secretFile = join(dataDir, `${app}.secret`)
      await writeFile(secretFile, secret ?? found?.secret ?? '')
      const endpoints = ['--authority-url', simulator.url, '--graph-url', simulator.url]
      const credential = [`--${app}-client-id`, found?.clientId ?? '', `--${app}-secret-file`, secretFile]
      return line.must('connection', 'set', '--tenant', tenant, ...endpoints, ...credential)
    },
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-cli-'))
    simulator = await startSimulator({
      tenants: [
        { name: 'Contoso', policies: 150, seed: 7 },
        { name: 'Fabrikam', policies: 40, seed: 8 },
      ],
    })
    await line.must('key', 'rotate')
    await line.must('workspace', 'create', 'Managed Services', '--owner', 'Ada Moreau')
    for (const { name, id } of simulator.tenants) {
      await line.must('tenant', 'add', name, '--entra-id', id)
      await line.connect(name, 'reader')
      await line.connect(name, 'writer')
    }
    worker = startCli(['work'], line.env)
    await line.must('inventory', 'sync', '--tenant', 'Contoso')
    await line.must('backup', 'create', '--tenant', 'Contoso')
  }, 120_000)

  afterAll(async () => {
    worker?.child.kill('SIGTERM')
    await worker?.result
    await simulator?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  return line
}
