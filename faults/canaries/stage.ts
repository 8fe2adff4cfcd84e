/** What the story plays on: a database with a password of its own, the simulated cloud, and receivers that talk back. */
import { createServer } from 'node:http'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import pg from 'pg'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { homeTenant, signInApps } from '../../simulator/people.ts'
import { startSimulator } from '../../simulator/start-simulator.ts'
import { Canaries } from './canary.ts'
import { startCloudRelay } from './cloud-relay.ts'
import { Recorder } from './recorder.ts'

export type Stage = Awaited<ReturnType<typeof setStage>>

export async function setStage() {
  await using stack = new AsyncDisposableStack()
  const canaries = new Canaries()
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const [dataDir, temporary, given] = ['data', 'tmp', 'given'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const one of [dataDir, temporary, given]) await mkdir(one)

  const postgres = stack.use(await startTemporaryPostgres())
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 })
  pool.on('error', () => undefined)
  stack.defer(() => pool.end())
  const databaseUrl = new URL(postgres.url)
  databaseUrl.username = 'canary'
  databaseUrl.password = canaries.makePlain('password of DATABASE_URL')
  await pool.query(`create role canary login superuser password '${databaseUrl.password}'`)

  const simulator = stack.use(
    await startSimulator({
      homeTenant: true,
      tenants: ['Contoso', 'Fabrikam', 'Tailspin', 'Litware'].map((name) => ({ name, policies: 40, seed: 7 })),
    }),
  )
  const recorder = stack.use(new Recorder())
  const relay = stack.use(await startCloudRelay(simulator.url, canaries))
  const receiver = stack.use(await startEchoingReceiver(recorder))
  const port = await freePort()
  const metricsPort = await freePort()
  const env = {
    PATH: process.env['PATH'],
    TMPDIR: temporary,
    NO_COLOR: '1',
    DATABASE_URL: databaseUrl.href,
    TENANTATLAS_DATA_DIR: dataDir,
    // Where the person's own sign-in is kept, which is not looked through.
    TENANTATLAS_CONFIG_DIR: join(given, 'config'),
    TENANTATLAS_GRAPH_ALLOW_HOSTS: new URL(relay.url).host,
    TENANTATLAS_PORT: String(port),
    TENANTATLAS_PUBLIC_URL: `http://localhost:${port}`,
    TENANTATLAS_METRICS_PORT: String(metricsPort),
    TENANTATLAS_LOG_LEVEL: 'debug',
    TENANTATLAS_NOTIFY_ALLOW_HOSTS: '127.0.0.1',
    TENANTATLAS_FEDERATED_TOKEN_FILE: join(given, 'federated-token'),
    TENANTATLAS_ENTRA_AUTHORITY: `${relay.url}/organizations`,
    TENANTATLAS_ENTRA_CLIENT_ID: signInApps.signIn.clientId,
    TENANTATLAS_ENTRA_CLIENT_SECRET: canaries.learn('client secret of sign-in', signInApps.signIn.secret),
    TENANTATLAS_ENTRA_ALLOWED_TENANTS: homeTenant.id,
  }
  const opened = stack.move()
  return {
    canaries,
    recorder,
    pool,
    simulator,
    relay,
    receiver,
    env,
    dataDir,
    temporary,
    given,
    metricsPort,
    pageUrl: `http://localhost:${port}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Answers 500 and says back what it was sent; keeps what came as a place of its own. */
async function startEchoingReceiver(recorder: Recorder) {
  let received = 0
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = (await buffer(request)).toString()
      received += 1
      recorder.keep('webhook or card: headers', JSON.stringify(request.rawHeaders))
      recorder.keep('webhook or card: body', body)
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(`${request.url} ${JSON.stringify(request.rawHeaders)} ${body}`)
    }
    answer().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Every file below a folder but those of a folder of this name. */
export async function filesIn(folder: string, { but }: { readonly but?: string } = {}) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && (but === undefined || entry.parentPath !== join(folder, but)),
  )
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      place: `file ${join(parentPath, name).slice(folder.length + 1)}`,
      content: await readFile(join(parentPath, name)),
    })),
  )
}
