/** Every command as people run it: a process of its own, against a real database, a worker and a simulated cloud. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { freePort, jsonShape, runCli, startCli, untilSaid } from '#entrypoints/cli/testing.ts'
import type { CliResult } from '#entrypoints/cli/testing.ts'

const database = useTestDatabase()
let dataDir: string
let simulator: StartedSimulator
let worker: ReturnType<typeof startCli>

const env = () => ({
  DATABASE_URL: database.url,
  TENANTATLAS_DATA_DIR: dataDir,
  TENANTATLAS_LOG_LEVEL: 'warn',
  NO_COLOR: '1',
})
const ta = (...args: string[]) => runCli(args, env())
const tenants = ['Contoso', 'Fabrikam'] as const

/** A step that prepares a test: it must succeed. */
async function must(...args: string[]): Promise<CliResult> {
  const result = await ta(...args)
  if (result.exitCode !== 0) throw new Error(`tenantatlas ${args.join(' ')} → ${result.exitCode}\n${result.stderr}`)
  return result
}

async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const { stdout } = await must(...args, '-o', 'json')
  return JSON.parse(stdout) as T
}

async function connect(
  tenant: string,
  app: 'reader' | 'writer',
  options: { secret?: string } = {},
): Promise<CliResult> {
  const found = simulator.tenants.find(({ name }) => name === tenant)?.apps.find(({ name }) => name === app)
  const secretFile = join(dataDir, `${app}.secret`)
  await writeFile(secretFile, options.secret ?? found?.secret ?? '')
  const endpoints = ['--authority-url', simulator.url, '--graph-url', simulator.url]
  const credential = [`--${app}-client-id`, found?.clientId ?? '', `--${app}-secret-file`, secretFile]
  return must('connection', 'set', '--tenant', tenant, ...endpoints, ...credential)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-cli-'))
  simulator = await startSimulator({ tenants: tenants.map((name, index) => ({ name, policies: 40, seed: 7 + index })) })
  await must('workspace', 'create', 'Managed Services', '--owner', 'Ada Moreau')
  for (const { name, id } of simulator.tenants) {
    await must('tenant', 'add', name, '--entra-id', id)
    await connect(name, 'reader')
    await connect(name, 'writer')
  }
  worker = startCli(['work'], env())
  await must('inventory', 'sync', '--tenant', 'Contoso')
  await must('backup', 'create', '--tenant', 'Contoso')
}, 120_000)

afterAll(async () => {
  worker?.child.kill('SIGTERM')
  await worker?.result
  await simulator?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const expectRefusal = (result: CliResult, exitCode: number, message: string | RegExp) => {
  expect(result.stdout).toBe('')
  expect(result.stderr).toMatch(message)
  expect(result.stderr).not.toMatch(/ {4}at |Error:/)
  expect(result.exitCode).toBe(exitCode)
}

describe('the JSON of commands', () => {
  test('has the shape that programs rely on', async () => {
    const [policy] = await json<{ id: string; name: string }[]>(
      'policy',
      'list',
      '--tenant',
      'Contoso',
      '--state',
      'assigned',
      '--limit',
      '1',
    )
    const group = await assignedGroup()
    const plan = await json<{ id: string }>('restore', 'plan', policy?.name ?? '', '--tenant', 'Contoso')
    const verified = await json<{ id: string }>('connection', 'verify', '--tenant', 'Contoso')
    const commands: Record<string, string[]> = {
      'workspace list': ['workspace', 'list'],
      'tenant list': ['tenant', 'list'],
      'tenant show': ['tenant', 'show', 'Contoso'],
      'connection show': ['connection', 'show', '--tenant', 'Contoso'],
      'policy list': ['policy', 'list', '--tenant', 'Contoso'],
      'policy show': ['policy', 'show', policy?.id ?? '', '--tenant', 'Contoso'],
      'policy types': ['policy', 'types'],
      'assignments show': ['assignments', 'show', policy?.id ?? '', '--tenant', 'Contoso'],
      'assignments explain': ['assignments', 'explain', policy?.id ?? '', '--tenant', 'Contoso'],
      'assignments explain --group': ['assignments', 'explain', group, '--group', '--tenant', 'Contoso'],
      'backup list': ['backup', 'list', '--tenant', 'Contoso'],
      'backup show': ['backup', 'show', 'latest', '--tenant', 'Contoso'],
      'backup diff': ['backup', 'diff', 'latest', '--tenant', 'Contoso'],
      'backup verify': ['backup', 'verify', 'latest', '--tenant', 'Contoso'],
      'restore list': ['restore', 'list', '--tenant', 'Contoso'],
      'restore show': ['restore', 'show', plan.id, '--tenant', 'Contoso'],
      'run list': ['run', 'list'],
      'run show --items': ['run', 'show', verified.id, '--items'],
      doctor: ['doctor'],
    }
    const shapes: Record<string, unknown> = {}
    for (const [name, args] of Object.entries(commands)) shapes[name] = jsonShape(await json(...args))
    await expect(`${JSON.stringify(shapes, null, 2)}\n`).toMatchFileSnapshot('json-shapes.golden.json')
  }, 120_000)

  test('of nothing is an empty array', async () => {
    for (const noun of ['policy', 'backup', 'restore']) {
      expect(await json(noun, 'list', '--tenant', 'Fabrikam')).toEqual([])
    }
  })

  test('names tenants by their public id and times in UTC', async () => {
    const [contoso] = await json<Record<string, string>[]>('tenant', 'list')
    expect(contoso?.['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(contoso?.['id']).not.toBe(contoso?.['entraTenantId'])
    expect(contoso?.['lastSyncAt']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })
})

interface Shown {
  readonly policy: { readonly id: string; readonly graphId: string }
  readonly assignments: readonly { readonly source: string; readonly group: { readonly id: string } | null }[]
}

/** The first settings catalog policy that fits. */
async function firstShown(fits: (shown: Shown) => boolean): Promise<Shown> {
  const policies = await json<{ id: string }[]>(
    'policy',
    'list',
    '--tenant',
    'Contoso',
    '--type',
    'configurationPolicies',
    '--state',
    'assigned',
  )
  for (const { id } of policies) {
    const shown = await json<Shown>('assignments', 'show', id, '--tenant', 'Contoso')
    if (fits(shown)) return shown
  }
  throw new Error('the generated tenant has no such policy')
}

async function assignedGroup(): Promise<string> {
  const { assignments } = await firstShown((shown) => shown.assignments.some(({ group }) => group !== null))
  return assignments.find(({ group }) => group !== null)?.group?.id ?? ''
}

/** What a policy set assigned is not for a restore to write. */
async function directlyAssigned(): Promise<Shown['policy']> {
  return (await firstShown(({ assignments }) => assignments.every(({ source }) => source === 'direct'))).policy
}

describe('a start', () => {
  test('prints the run at once with --no-wait, and answers a second one with the same run', async () => {
    const queued = await json<{ id: string; status: string }>(
      'assignments',
      'fetch',
      '--tenant',
      'Contoso',
      '--no-wait',
    )
    const again = await ta('assignments', 'fetch', '--tenant', 'Contoso', '-o', 'json')
    expect((JSON.parse(again.stdout) as { id: string }).id).toBe(queued.id)
    const later = await ta('assignments', 'fetch', '--tenant', 'Contoso')
    expect(later.stderr).toMatch(/ran just now and can run again at \d\d:\d\d; view it with `tenantatlas run show/)
    expect(later.exitCode).toBe(0)
  })

  test('can be followed by the end of its id', async () => {
    const { id } = await json<{ id: string }>('connection', 'verify', '--tenant', 'Contoso', '--no-wait')
    const watched = await ta('run', 'watch', id.slice(-8))
    expect(watched.stderr).toContain('Succeeded')
    expect(watched.exitCode).toBe(0)
  })
})

describe('restore apply', () => {
  test('applies what was planned, says how to take it back, and undoes it', async () => {
    const policy = await directlyAssigned()
    const before = await hashOf(policy.id)
    await wreck(policy.graphId)
    const plan = await json<{ id: string; items: { plan: string; name: string; diff: unknown[] }[] }>(
      'restore',
      'plan',
      '--tenant',
      'Contoso',
    )
    expect(plan.items.filter((item) => item.plan === 'write')).toHaveLength(1)
    const dry = await ta('restore', 'apply', plan.id, '--tenant', 'Contoso', '--dry-run')
    expect(dry.stdout).toContain('All devices')
    const applied = await ta('restore', 'apply', plan.id, '--tenant', 'Contoso', '--confirm', 'Contoso')
    expect(applied.stderr).toContain(`Take it back: tenantatlas restore undo ${plan.id}`)
    expect(applied.exitCode).toBe(0)
    await ta('inventory', 'sync', '--tenant', 'Contoso')
    expect(await hashOf(policy.id)).toBe(before)
    const undo = await json<{ id: string }>('restore', 'undo', plan.id, '--tenant', 'Contoso')
    expect((await ta('restore', 'apply', undo.id, '--tenant', 'Contoso', '--confirm', 'Contoso')).exitCode).toBe(0)
    await ta('inventory', 'sync', '--tenant', 'Contoso')
    expect(await hashOf(policy.id)).not.toBe(before)
  }, 120_000)

  const hashOf = async (id: string) =>
    (await json<{ hash: string }>('assignments', 'show', id, '--tenant', 'Contoso')).hash

  const wreck = (id: string) =>
    simulator.control.change('Contoso', [
      {
        action: 'setAssignments',
        collection: '/deviceManagement/configurationPolicies',
        id,
        assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }],
      },
    ])
})

describe('refusals', () => {
  test('an unknown tenant is named, with what was perhaps meant', async () => {
    expectRefusal(
      await ta('policy', 'list', '--tenant', 'Contso'),
      3,
      'There is no tenant "Contso" in this workspace. Did you mean "Contoso"?',
    )
  })

  test('an unknown policy is named', async () => {
    expectRefusal(
      await ta('policy', 'show', 'No such policy', '--tenant', 'Contoso'),
      3,
      'There is no policy "No such policy" in "Contoso"',
    )
  })

  test('an unknown run is named, whether by id or by its end', async () => {
    expectRefusal(await ta('run', 'show', crypto.randomUUID()), 3, 'There is no run')
    expectRefusal(await ta('run', 'cancel', 'abcdef12'), 3, 'There is no run "abcdef12"')
  })

  test('a tenant must be named where there are several', async () => {
    expectRefusal(
      await ta('backup', 'list'),
      3,
      'This workspace has 2 tenants; name one with --tenant: "Contoso", "Fabrikam".',
    )
  })

  test('a plan of another tenant is not found, and nothing is written', async () => {
    const plan = await json<{ id: string }>('restore', 'plan', '--tenant', 'Contoso')
    const refused = await ta('restore', 'apply', plan.id, '--tenant', 'Fabrikam', '--confirm', 'Fabrikam')
    expectRefusal(refused, 3, `Tenant "Fabrikam" has no restore run ${plan.id}`)
    const { runId } = await json<{ runId: string | null }>('restore', 'show', plan.id, '--tenant', 'Contoso')
    expect(runId).toBeNull()
  })

  test('a wrong name, and nobody to ask, keep a plan from being applied', async () => {
    const plan = await json<{ id: string }>('restore', 'plan', await somePolicy(), '--tenant', 'Contoso')
    const named = await ta('restore', 'apply', plan.id, '--tenant', 'Contoso', '--confirm', 'contoso')
    if (named.stderr.includes('Nothing has to be written')) return
    expectRefusal(named, 2, 'Type the name of the tenant exactly')
    expectRefusal(await ta('restore', 'apply', plan.id, '--tenant', 'Contoso'), 2, '--confirm "Contoso"')
  })

  test('a damaged snapshot is reported, and a plan leaves it out', async () => {
    const { id } = await json<{ id: string }>('backup', 'create', '--tenant', 'Contoso', '--note', 'to be damaged')
    await database.db
      .updateTable('snapshot_parts')
      .set({ body: '{"damaged":true}' })
      .where('hash', 'in', (parts) =>
        parts
          .selectFrom('backup_items')
          .innerJoin('snapshots', 'snapshots.id', 'backup_items.snapshot_id')
          .where('backup_items.backup_set_id', '=', id)
          .where('backup_items.type', '=', 'configurationPolicies')
          .select('snapshots.payload_hash'),
      )
      .execute()
    const verified = await ta('backup', 'verify', id, '--tenant', 'Contoso')
    expect(verified.stderr).toMatch(/damaged/i)
    expect(verified.exitCode).not.toBe(0)
    const plan = await ta('restore', 'plan', '--backup', id, '--type', 'configurationPolicies', '--tenant', 'Contoso')
    expect(plan.stdout).toMatch(/damaged/)
    expect(plan.stdout).toMatch(/0 policies to write/)
  })

  test('a wrong secret is a failed sign-in', async () => {
    await connect('Fabrikam', 'reader', { secret: 'not-the-secret' })
    const verified = await ta('connection', 'verify', '--tenant', 'Fabrikam')
    expectRefusal(verified, 4, 'Could not sign in as the reader')
    expect(verified.stderr).not.toContain('not-the-secret')
    expectRefusal(await ta('inventory', 'sync', '--tenant', 'Fabrikam'), 4, /Blocked/)
    await connect('Fabrikam', 'reader')
  })

  test('a missing permission is named, with what cannot be done without it', async () => {
    const app = await simulator.control.registerApp('Fabrikam', {
      name: 'narrow',
      permissions: [
        'DeviceManagementConfiguration.Read.All',
        'DeviceManagementServiceConfig.Read.All',
        'GroupMember.Read.All',
      ],
    })
    const secretFile = join(dataDir, 'narrow.secret')
    await writeFile(secretFile, app.secret ?? '')
    await ta(
      'connection',
      'set',
      '--tenant',
      'Fabrikam',
      '--reader-client-id',
      app.clientId,
      '--reader-secret-file',
      secretFile,
    )
    const verified = await ta('connection', 'verify', '--tenant', 'Fabrikam')
    expectRefusal(verified, 5, /DeviceManagementApps.Read.All is not granted to the reader; needed for: Apps/)
    const synced = await ta('inventory', 'sync', '--tenant', 'Fabrikam')
    expect(synced.exitCode).toBe(5)
    expect(synced.stderr).toContain('DeviceManagementApps.Read.All')
    await connect('Fabrikam', 'reader')
  })

  test('an address where nobody answers is said to be unreachable', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`
    const secretFile = join(dataDir, 'reader.secret')
    await ta('tenant', 'add', 'Far Away', '--entra-id', crypto.randomUUID())
    await ta(
      'connection',
      'set',
      '--tenant',
      'Far Away',
      '--authority-url',
      nobody,
      '--graph-url',
      nobody,
      '--reader-client-id',
      crypto.randomUUID(),
      '--reader-secret-file',
      secretFile,
    )
    const verified = await ta('connection', 'verify', '--tenant', 'Far Away')
    expectRefusal(verified, 1, /Could not sign in as the reader/)
  })

  test('a database that is not there, or not migrated, is told from one that is', async () => {
    const nobody = { ...env(), DATABASE_URL: `postgres://x:y@127.0.0.1:${await freePort()}/z` }
    expectRefusal(await runCli(['tenant', 'list'], nobody), 1, 'No PostgreSQL answers at 127.0.0.1')
    const empty = { TENANTATLAS_DATA_DIR: join(dataDir, 'nothing-here') }
    expectRefusal(await runCli(['tenant', 'list'], empty), 1, 'start it with `npm start`')
  })

  test('wrong usage says what there is, with exit code 2', async () => {
    expectRefusal(await ta('tenant', 'lst'), 2, 'Did you mean list?')
    expectRefusal(
      await ta('policy', 'list', '--type', 'mobileApp', '--tenant', 'Contoso'),
      2,
      'Did you mean "mobileApps" or',
    )
    expectRefusal(
      await ta('policy', 'list', '--limit', 'many', '--tenant', 'Contoso'),
      2,
      '--limit must be a whole number',
    )
    expectRefusal(await ta('policy', 'list', '--columns', 'nme', '--tenant', 'Contoso'), 2, 'There is no column "nme"')
    expectRefusal(await ta('restore', 'apply'), 2, "missing required argument 'restore'")
  })

  test('are JSON too where JSON is asked for', async () => {
    const refused = await ta('policy', 'list', '--tenant', 'Contso', '-o', 'json')
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { reason: 'not_found', message: expect.stringContaining('Contso') },
    })
  })

  const somePolicy = async () =>
    (await json<{ id: string; graphId: string }[]>('policy', 'list', '--tenant', 'Contoso', '--limit', '1'))[0]
      ?.graphId ?? ''
})

describe('without a worker', () => {
  test('waiting says so, and Ctrl-C stops following without stopping the run', async () => {
    worker.child.kill('SIGTERM')
    await worker.result
    const started = startCli(['inventory', 'sync', '--tenant', 'Contoso'], env())
    await untilSaid(started, 'No worker is running')
    started.child.kill('SIGINT')
    const { exitCode, stderr } = await started.result
    expect(exitCode).toBe(130)
    expect(stderr).toContain('No longer following; the run goes on.')
    const [run] = await json<{ id: string; status: string }[]>('run', 'list', '--limit', '1')
    expect(run?.status).toBe('queued')
    const cancelled = await ta('run', 'cancel', run?.id ?? '')
    expect(cancelled.exitCode).toBe(0)
    expect(cancelled.stderr).toContain('Cancelled')
  })
})

describe('connection certificate', () => {
  test('writes what to upload and keeps the key', async () => {
    const out = join(dataDir, 'reader.cer')
    const args = ['connection', 'certificate', '--tenant', 'Fabrikam', '--client-id', crypto.randomUUID(), '--out', out]
    expect((await ta(...args)).exitCode).toBe(0)
    const written = await readFile(out, 'utf8')
    expect(written).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect(written).not.toContain('PRIVATE KEY')
    expectRefusal(await ta(...args), 2, 'is there already')
    const { credentials } = await json<{ credentials: { purpose: string; kind: string }[] }>(
      'connection',
      'show',
      '--tenant',
      'Fabrikam',
    )
    expect(credentials.find(({ purpose }) => purpose === 'reader')?.kind).toBe('certificate')
  })
})

describe('seed', () => {
  test('fills a fresh database with a workspace, members, tenants and observed policies, once', async () => {
    const seeded = { ...env(), TENANTATLAS_SIMULATOR_PORT: String(await freePort()) }
    const first = await runCli(['seed', '-o', 'json'], seeded)
    expect(first.stderr).toContain('Made 1 workspaces, 3 members, 3 tenants')
    const tenants = JSON.parse(first.stdout) as { policies: number; id: string }[]
    expect(tenants.map(({ policies }) => policies > 50)).toEqual([true, true, true])
    const second = await runCli(['seed', '-o', 'json'], seeded)
    expect(second.stderr).toContain('Made 0 workspaces, 0 members, 0 tenants')
    expect((JSON.parse(second.stdout) as { id: string }[]).map(({ id }) => id)).toEqual(tenants.map(({ id }) => id))
  }, 120_000)
})
