/** What `work` and `serve` may do to the machine they run on, tried by processes with the very flags they run under. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { confinementOf } from '../../../tools/confine.mjs'
import { startRun } from '#domain/operations/ensure-run.ts'
import { waitForRun } from '#domain/operations/watch-run.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'
import { untilSaid } from '#entrypoints/cli/testing.ts'
import type { Environment, StartedCli } from '#entrypoints/cli/testing.ts'

const database = useTestDatabase()
const root = join(import.meta.dirname, '../../..')
const log = createLog({ level: 'silent', pretty: false })
const withoutExecve = 'data:text/javascript,process.execve=undefined'

let folder: string
let elsewhere: string
let env: Environment

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantatlas-confined-'))
  elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'file'), 'secret')
  env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    TENANTATLAS_DATA_DIR: join(folder, 'data'),
    TENANTATLAS_LOG_LEVEL: 'warn',
    TENANTATLAS_METRICS_PORT: '0',
    NO_COLOR: '1',
  }
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const denied = 'ERR_ACCESS_DENIED'

const forbiddenToBoth = {
  'start a program': denied,
  'start a thread': denied,
  'load a native module': 'ERR_DLOPEN_DISABLED',
  'read a file elsewhere': denied,
  'list a folder elsewhere': denied,
  'read its environment': denied,
  'reach the machine through /proc': denied,
  'write elsewhere': denied,
  'change the program': denied,
  'link a file elsewhere into its folder': denied,
  'read beside the keys': denied,
  'write beside the keys': denied,
  'read a migration': 'done',
}

test('a process that works reaches its program and the keys of its host, and nothing else', async () => {
  await givenKeys()
  expect(actsUnder(confinementOf(root, ['work'], env))).toMatchObject({
    ...forbiddenToBoth,
    'read a private key': 'done',
    'make a private key': 'done',
    'make the key of second factors': 'done',
    'read the public key of the audit log': 'done',
  })
})

test('a process that serves opens no private key, even one in the same folder', async () => {
  await givenKeys()
  expect(actsUnder(confinementOf(root, ['serve'], env))).toMatchObject({
    ...forbiddenToBoth,
    'read a private key': denied,
    'make a private key': denied,
    'make the key of second factors': 'done',
    'read the public key of the audit log': 'done',
  })
})

test('all of that is done by a process without confinement', async () => {
  await givenKeys()
  const tried = actsUnder([])
  expect(Object.entries(tried).filter(([, outcome]) => outcome === denied)).toEqual([])
})

const launcher = 'bin/tenantatlas.mjs'

test.each([
  ['takes the place of its launcher', [], true],
  ['is started by its launcher, where nothing can take its place', ['--import', withoutExecve], false],
])('`tenantatlas work` %s, does a run to its end confined, and ends by SIGTERM with 0', async (_, flags, isSame) => {
  const ctx = await givenWorkspace(database.db)
  await using worker = start([...flags, launcher, 'work'])
  const { runId } = await startRun(database.db, ctx, { type: 'retention.prune', input: {}, trigger: 'user' })
  await using watching = database.openAnother({ poolSize: 2 })
  const ended = await waitForRun(watching, ctx, runId, { signal: AbortSignal.timeout(40_000), log })
  expect(ended).toMatchObject({ status: 'completed', outcome: 'succeeded' })
  const workers = await database.owner.selectFrom('workers').select('pid').execute()
  expect(workers.map(({ pid }) => pid === worker.child.pid)).toEqual([isSame])
  worker.child.kill('SIGTERM')
  expect(await worker.result).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^Confined: /m) })
})

test.each([
  ['is switched off', launcher, { TENANTATLAS_CONFINEMENT: 'off' }],
  ['was never switched on, where somebody starts the program by its source', 'src/main.ts', {}],
])('`tenantatlas work` says that nothing confines it: it %s', async (_, program, change) => {
  await using worker = start([program, 'work'], change)
  await untilSaid(worker, 'nothing confines this process')
  worker.child.kill('SIGTERM')
  expect(await worker.result).toMatchObject({ exitCode: 0 })
})

async function givenKeys(): Promise<void> {
  const keys = join(folder, 'data/keys')
  await mkdir(keys, { recursive: true })
  await writeFile(join(folder, 'data/profiles.json'), '{}')
  for (const name of ['credentials.1.private', 'audit.pub']) await writeFile(join(keys, name), '')
}

function actsUnder(flags: readonly string[]): Record<string, string> {
  const program = join(import.meta.dirname, 'forbidden-acts.fixture.ts')
  const { stdout } = spawnSync(process.execPath, [...flags, program, join(folder, 'data'), elsewhere], {
    encoding: 'utf8',
  })
  return JSON.parse(stdout) as Record<string, string>
}

/** The program of the checkout with that command line; disposing kills it if it still lives. */
function start(argv: readonly string[], change: Environment = {}): StartedCli & AsyncDisposable {
  const child = spawn(process.execPath, argv, {
    cwd: root,
    env: { ...env, ...change },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const result = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]) => ({ exitCode: child.exitCode, stdout, stderr }),
  )
  return {
    child,
    result,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await result
    },
  }
}
