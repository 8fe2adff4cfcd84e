/** Test only: the command line of a signed-in person, with a server, a worker and two simulated tenants. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { TestDatabase } from '#foundation/db/testing.ts'
import { freePort, runCli, startCli } from '#entrypoints/cli/testing.ts'
import type { CliResult, Environment, StartedCli } from '#entrypoints/cli/testing.ts'
import { approve, codeOf, startServer } from '#entrypoints/cli/testing-server.ts'
import type { TestServer } from '#entrypoints/cli/testing-server.ts'

export interface CommandLine {
  readonly database: TestDatabase
  readonly env: Environment
  readonly dataDir: string
  readonly simulator: StartedSimulator
  readonly worker: StartedCli
  /** An address that connections may name and where nobody answers. */
  readonly nowhere: string
  ta(...args: string[]): Promise<CliResult>
  /** A step that prepares a test: it must succeed. */
  must(...args: string[]): Promise<CliResult>
  /** The command line of somebody else: of a manager of the same workspace, who signed in with a code. */
  colleague(): Promise<(...args: string[]) => Promise<CliResult>>
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
  let server: TestServer
  let simulator: StartedSimulator
  let worker: StartedCli
  let nowhere = ''

  const line: CommandLine = {
    database,
    get env() {
      return server.env
    },
    get dataDir() {
      return server.dataDir
    },
    get simulator() {
      return simulator
    },
    get nowhere() {
      return nowhere
    },
    get worker() {
      return worker
    },
    ta: (...args) => server.run(...args),
    async must(...args) {
      const result = await line.ta(...args)
      if (result.exitCode === 0) return result
      throw new Error(`tenantatlas ${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr}`)
    },
    async colleague() {
      const env = { ...server.env, TENANTATLAS_CONFIG_DIR: join(server.dataDir, `colleague-${randomUUID()}`) }
      const login = startCli(['login', server.url], env)
      await approve(server.url, await managerOf(database), await codeOf(login))
      const { exitCode, stderr } = await login.result
      if (exitCode !== 0) throw new Error(`tenantatlas login ended with ${exitCode}:\n${stderr}`)
      return (...args) => runCli(args, env)
    },
    async json<T>(...args: string[]) {
      const { stdout } = await line.must(...args, '-o', 'json')
      return JSON.parse(stdout) as T
    },
    async connect(tenant, app, { secret } = {}) {
      const found = simulator.tenants.find(({ name }) => name === tenant)?.apps.find(({ name }) => name === app)
      const secretFile = join(server.dataDir, `${app}.secret`)
      await writeFile(secretFile, secret ?? found?.secret ?? '')
      const endpoints = ['--authority-url', simulator.url, '--graph-url', simulator.url]
      const credential = [`--${app}-client-id`, found?.clientId ?? '', `--${app}-secret-file`, secretFile]
      return line.must('connection', 'set', '--tenant', tenant, ...endpoints, ...credential)
    },
  }

  beforeAll(async () => {
    simulator = await startSimulator({
      tenants: [
        { name: 'Contoso', policies: 150, seed: 7 },
        { name: 'Fabrikam', policies: 40, seed: 8 },
      ],
    })
    nowhere = `http://127.0.0.1:${await freePort()}`
    const graphHosts = [simulator.url, nowhere].map((url) => new URL(url).host)
    server = await startServer(database, { graphHosts })
    await line.must('key', 'rotate')
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
    await server?.[Symbol.asyncDispose]()
  })

  return line
}

/** The session of a manager of the one workspace there is. */
async function managerOf({ db, owner }: TestDatabase): Promise<string> {
  const { id } = await owner.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const userId = newId<UserId>()
  await owner.insertInto('users').values({ id: userId, display_name: 'Marco Bianchi' }).execute()
  await owner.insertInto('workspace_members').values({ workspace_id: id, user_id: userId, role: 'manager' }).execute()
  return (await openSession(db, { userId, method: 'local' })).token
}
