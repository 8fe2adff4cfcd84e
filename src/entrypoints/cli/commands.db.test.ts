/** Every command as people run it: a process of its own, against a real database, a worker and a simulated cloud. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { becomeDue, slotsOf } from '#domain/schedules/schedules-testing.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { expectRefusal, freePort, fieldsOf, runCli, startCli, untilSaid } from '#entrypoints/cli/testing.ts'
import { useCommandLine } from '#entrypoints/cli/testing-commands.ts'

const line = useCommandLine()

describe('the JSON of commands', () => {
  test('has the fields that programs rely on', async () => {
    const [policy] = await line.json<{ id: string; name: string }[]>(
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
    const plan = await line.json<{ id: string }>('restore', 'plan', policy?.name ?? '', '--tenant', 'Contoso')
    const verified = await line.json<{ id: string }>('connection', 'verify', '--tenant', 'Contoso')
    const yearly = ['schedule', 'create', 'Yearly', '--cron', '0 0 1 1 *', '--type', 'connection.verify']
    const schedule = await line.json<{ id: string }>(...yearly, '--tenant', 'Contoso')
    await becomeDue(line.database.owner, asId(schedule.id))
    await expect.poll(() => slotsOf(line.database.owner, asId(schedule.id))).toHaveLength(1)
    const fields = await controlFields()
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
      'assignments diff': ['assignments', 'diff', policy?.id ?? '', '--tenant', 'Contoso'],
      'backup list': ['backup', 'list', '--tenant', 'Contoso'],
      'backup show': ['backup', 'show', 'latest', '--tenant', 'Contoso'],
      'backup diff': ['backup', 'diff', 'latest', '--tenant', 'Contoso'],
      'backup verify': ['backup', 'verify', 'latest', '--tenant', 'Contoso'],
      'backup prune --dry-run': ['backup', 'prune', '--tenant', 'Contoso', '--keep-last', '1', '--dry-run'],
      'restore list': ['restore', 'list', '--tenant', 'Contoso'],
      'restore show': ['restore', 'show', plan.id, '--tenant', 'Contoso'],
      'run list': ['run', 'list'],
      'run show --items': ['run', 'show', verified.id, '--items'],
      'notification list': ['notification', 'list'],
      'channel list': ['channel', 'list'],
      'channel show': ['channel', 'show', 'Nowhere'],
      'channel deliveries': ['channel', 'deliveries', 'Nowhere'],
      'schedule list': ['schedule', 'list'],
      'schedule show': ['schedule', 'show', 'Yearly'],
      'retention show': ['retention', 'show'],
      'key list': ['key', 'list'],
      'key check': ['key', 'check'],
      'audit list': ['audit', 'list', '--action', 'tenant.add', '--limit', '1'],
      'audit verify': ['audit', 'verify'],
      doctor: ['doctor'],
    }
    await line.must('backup', 'create', '--tenant', 'Contoso')
    await line.must(
      'channel',
      'add',
      'Nowhere',
      '--kind',
      'webhook',
      '--url',
      'https://nowhere.invalid/',
      '--for',
      'Contoso',
    )
    expect((await line.ta('channel', 'test', 'Nowhere')).exitCode).toBe(1)
    for (const [name, args] of Object.entries(commands)) {
      fields.push(...fieldsOf(await line.json(...args)).map((field) => `${name}: ${field}\n`))
    }
    await expect(fields.join('')).toMatchFileSnapshot('json-fields.golden.txt')
  }, 120_000)

  test('of nothing is an empty array', async () => {
    for (const noun of ['policy', 'backup', 'restore']) {
      expect(await line.json(noun, 'list', '--tenant', 'Fabrikam')).toEqual([])
    }
  })

  test('names tenants by their public id and times in UTC', async () => {
    const [contoso] = await line.json<Record<string, string>[]>('tenant', 'list')
    expect(contoso?.['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(contoso?.['id']).not.toBe(contoso?.['entraTenantId'])
    expect(contoso?.['lastSyncAt']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })
})

/** Of what holds runs back and what works on them, with something paused. */
async function controlFields(): Promise<string[]> {
  await line.must('queue', 'pause', '--tenant', 'Fabrikam', '--reason', 'change freeze')
  await line.must('queue', 'pause', '--type', 'backup.verify', '--reason', 'incident 4711')
  const fields = [
    ...fieldsOf(await line.json('queue', 'show')).map((field) => `queue show: ${field}\n`),
    ...fieldsOf(await line.json('worker', 'list')).map((field) => `worker list: ${field}\n`),
  ]
  await line.must('queue', 'resume', '--tenant', 'Fabrikam')
  await line.must('queue', 'resume', '--type', 'backup.verify')
  return fields
}

interface Shown {
  readonly policy: { readonly id: string; readonly graphId: string }
  readonly assignments: readonly { readonly source: string; readonly group: { readonly id: string } | null }[]
}

/** The first settings catalog policy that fits. */
async function firstShown(fits: (shown: Shown) => boolean): Promise<Shown> {
  const policies = await line.json<{ id: string }[]>(
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
    const shown = await line.json<Shown>('assignments', 'show', id, '--tenant', 'Contoso')
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
    const queued = await line.json<{ id: string; status: string }>(
      'assignments',
      'fetch',
      '--tenant',
      'Contoso',
      '--no-wait',
    )
    const again = await line.ta('assignments', 'fetch', '--tenant', 'Contoso', '-o', 'json')
    expect((JSON.parse(again.stdout) as { id: string }).id).toBe(queued.id)
    const later = await line.ta('assignments', 'fetch', '--tenant', 'Contoso')
    expect(later.stderr).toMatch(/ran just now and can run again at \d\d:\d\d; view it with `tenantatlas run show/)
    expect(later.exitCode).toBe(0)
  })

  test('can be followed by the end of its id', async () => {
    const { id } = await line.json<{ id: string }>('connection', 'verify', '--tenant', 'Contoso', '--no-wait')
    const watched = await line.ta('run', 'watch', id.slice(-8))
    expect(watched.stderr).toContain('Succeeded')
    expect(watched.exitCode).toBe(0)
  })
})

describe('restore apply', () => {
  test('applies what was planned, says how to take it back, and undoes it', async () => {
    const policy = await directlyAssigned()
    const before = await hashOf(policy.id)
    await line.must('backup', 'create', '--tenant', 'Contoso')
    await wreck(policy.graphId)
    const plan = await line.json<{ id: string; items: { plan: string; name: string; diff: unknown[] }[] }>(
      'restore',
      'plan',
      '--tenant',
      'Contoso',
    )
    expect(plan.items.filter((item) => item.plan === 'write')).toHaveLength(1)
    const [newest] = await line.json<{ id: string }[]>('backup', 'list', '--tenant', 'Contoso')
    const compared = await line.ta('backup', 'diff', `…${newest?.id.slice(-12)}`, '--tenant', 'Contoso', '--exit-code')
    expect(compared.stdout).toContain('It was not observed since the backup')
    expect(compared.exitCode).toBe(5)
    await line.must('inventory', 'sync', '--tenant', 'Contoso')
    const differing = await line.ta('backup', 'diff', 'latest', '--tenant', 'Contoso', '--exit-code')
    expect(differing.stdout).toContain('+ All devices')
    expect(differing.exitCode).toBe(10)
    const dry = await line.ta('restore', 'apply', plan.id.slice(-12), '--tenant', 'Contoso', '--dry-run')
    expect(dry.stdout).toContain('All devices')
    const apply = ['restore', 'apply', plan.id, '--tenant', 'Contoso']
    expectRefusal(await line.ta(...apply, '--confirm', 'contoso'), 2, 'Type the name of the tenant exactly')
    expectRefusal(await line.ta(...apply), 2, '--confirm "Contoso"')
    const applied = await line.ta(...apply, '--yes')
    expect(applied.stderr).toContain(`Take it back: tenantatlas restore undo ${plan.id}`)
    expect(applied.exitCode).toBe(0)
    await line.ta('inventory', 'sync', '--tenant', 'Contoso')
    expect(await hashOf(policy.id)).toBe(before)
    const undo = await line.json<{ id: string }>('restore', 'undo', plan.id, '--tenant', 'Contoso')
    const tooWide = await line.ta('restore', 'apply', undo.id, '--tenant', 'Contoso', '--yes')
    expectRefusal(tooWide, 2, /--yes is not enough for this plan: 1 policy will be assigned to All devices/)
    expect((await line.ta('restore', 'apply', undo.id, '--tenant', 'Contoso', '--confirm', 'Contoso')).exitCode).toBe(0)
    await line.ta('inventory', 'sync', '--tenant', 'Contoso')
    expect(await hashOf(policy.id)).not.toBe(before)
  }, 120_000)

  const hashOf = async (id: string) =>
    (await line.json<{ hash: string }>('assignments', 'show', id, '--tenant', 'Contoso')).hash

  const wreck = (id: string) =>
    line.simulator.control.change('Contoso', [
      {
        action: 'setAssignments',
        collection: '/deviceManagement/configurationPolicies',
        id,
        assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }],
      },
    ])
})

describe('schedule', () => {
  test('is made, changed, paused, resumed and removed, and says what to do where there is none', async () => {
    const create = ['schedule', 'create', 'Nightly', '--cron', '0 2 * * *', '--time-zone', 'Europe/Berlin']
    expectRefusal(await line.ta(...create), 2, 'Say for whom: --tenant "<tenant>" or --all-tenants.')
    expectRefusal(await line.ta('schedule', 'create', 'Nightly', '--all-tenants'), 2, 'Say when with --cron')
    expectRefusal(await line.ta(...create, '--all-tenants', '--tenant', 'Contoso'), 2, 'not both')
    const made = await line.must(...create, '--all-tenants')
    expect(made.stdout).toMatch(/Tenant +all tenants/)
    expect(made.stdout).toMatch(/\d{4}-\d\d-\d\d 02:00 +in/)
    const changed = await line.json('schedule', 'change', 'nightly', '--cron', '30 3 * * *', '--catch-up', 'never')
    expect(changed).toMatchObject({ cron: '30 3 * * *', catchUp: 'never', timeZone: 'Europe/Berlin', pausedAt: null })
    expect((await line.json('schedule', 'pause', 'Nightly'))['nextSlotAt']).toBeNull()
    expect((await line.json('schedule', 'resume', 'Nightly'))['pausedAt']).toBeNull()
    expectRefusal(await line.ta('schedule', 'remove', 'Nightly'), 2, 'Confirm it with --yes.')
    expect((await line.must('schedule', 'remove', 'Nightly', '--yes')).stderr).toContain('Removed "Nightly".')
    expectRefusal(await line.ta('schedule', 'show', 'Nightly'), 3, 'There is no schedule "Nightly"')
    expectRefusal(await line.ta('schedule', 'remove', 'Retention', '--yes'), 1, 'pause it instead')
  })
})

describe('backup prune', () => {
  test('shows what would go, asks, and keeps what is pinned', async () => {
    const prune = ['backup', 'prune', '--tenant', 'Contoso']
    expectRefusal(await line.ta(...prune), 1, 'This workspace keeps all backups.')
    await line.must('retention', 'set', '--backups-keep-last', '1')
    await line.must('backup', 'create', '--tenant', 'Contoso')
    const sets = await line.json<{ id: string }[]>('backup', 'list', '--tenant', 'Contoso')
    const oldest = sets.at(-1)?.id ?? ''
    await line.must('backup', 'pin', oldest, '--tenant', 'Contoso')
    const asked = await line.ta(...prune)
    expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('for good. Confirm it with --yes.') })
    expect(asked.stdout).toMatch(/is pinned/)
    const pruned = await line.must(...prune, '--yes')
    expect(pruned.stdout).toContain('is pinned')
    const left = await line.json<{ id: string }[]>('backup', 'list', '--tenant', 'Contoso')
    expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([oldest, sets[0]?.id]))
    expect(left.length).toBeLessThan(sets.length)
  })
})

interface RunList {
  readonly items: readonly { readonly id: string; readonly status: string }[]
  readonly nextCursor: string | null
}

async function newestRun(...filters: string[]): Promise<RunList['items'][number]> {
  const { items } = await line.json<RunList>('run', 'list', '--limit', '1', ...filters)
  const [run] = items
  if (run === undefined) throw new Error('there is no such run')
  return run
}

describe('queue', () => {
  test('holds back a tenant or an operation until it is resumed, and says who did and why', async () => {
    const contoso = ['--tenant', 'Contoso']
    expectRefusal(await line.ta('queue', 'pause', '--reason', 'freeze'), 2, 'Name one thing')
    expectRefusal(await line.ta('queue', 'pause', ...contoso), 2, '--reason')
    await line.must('queue', 'pause', ...contoso, '--reason', 'change freeze')
    await line.must('queue', 'pause', '--type', 'backup.capture', '--reason', 'incident 4711')
    const run = await line.json<{ status: string; held: object }>('connection', 'verify', ...contoso, '--no-wait')
    expect(run).toMatchObject({
      status: 'queued',
      held: { what: 'tenant', reason: 'change freeze' },
      freshness: 'fresh',
    })
    const queue = await line.json<{ lanes: object[]; pausedTypes: object[] }>('queue', 'show')
    expect(queue.lanes).toContainEqual(
      expect.objectContaining({ waiting: 1, limit: 1, pause: expect.objectContaining({ reason: 'change freeze' }) }),
    )
    expect(queue.pausedTypes).toMatchObject([{ type: 'backup.capture', reason: 'incident 4711' }])
    await line.must('queue', 'resume', '--type', 'backup.capture')
    await line.must('queue', 'resume', ...contoso)
    expectRefusal(await line.ta('queue', 'limit', '17', ...contoso), 2, 'whole number from 1 to 16')
    await line.must('queue', 'limit', '2', ...contoso)
    expect((await line.ta('queue', 'show')).stdout).toMatch(/Contoso +\d+ +\d+ +\d+ +2 /)
    await line.must('queue', 'limit', '1', ...contoso)
  })
})

describe('worker', () => {
  test('is listed, drained until it holds nothing, and resumed', async () => {
    const [worker] = await line.json<{ id: string; host: string; state: string; version: string }[]>('worker', 'list')
    expect(worker).toMatchObject({ state: 'working', version: expect.stringMatching(/^\d+\./) })
    expectRefusal(await line.ta('worker', 'drain', 'atlas-99'), 3, 'There is no worker or host "atlas-99"')
    const drained = await line.must('worker', 'drain', worker?.host ?? '', '--wait')
    expect(drained.stderr).toContain('can be stopped')
    expect(await line.json('worker', 'list')).toMatchObject([{ state: 'drained', running: 0 }])
    await line.must('worker', 'resume', worker?.id.slice(-8) ?? '')
    expect(await line.json('worker', 'list')).toMatchObject([{ state: 'working' }])
  })
})

describe('a cooldown', () => {
  test('is overridden with a reason that the timeline shows, and not by half of it', async () => {
    const fetch = ['assignments', 'fetch', '--tenant', 'Contoso']
    await line.ta(...fetch)
    expectRefusal(await line.ta(...fetch, '--override-cooldown'), 2, '--reason')
    expectRefusal(await line.ta(...fetch, '--reason', 'the auditor waits'), 2, '--override-cooldown')
    const run = await line.json<{ id: string }>(...fetch, '--override-cooldown', '--reason', 'the auditor waits')
    const shown = await line.ta('run', 'show', run.id)
    expect(shown.stdout).toMatch(/Cooldown overridden by .+\n +the auditor waits\n/)
  })
})

describe('run list', () => {
  test('refuses what it cannot filter by, naming what there is', async () => {
    expectRefusal(await line.ta('run', 'list', '--type', 'inventory.snyc'), 2, 'Did you mean "inventory.sync"?')
    expectRefusal(await line.ta('run', 'list', '--since', 'yesterday'), 2, '--since must be like 30m, 24h')
    expectRefusal(await line.ta('run', 'list', '--cursor', 'nonsense'), 2, 'not one that a page of this list gave')
    const late = await line.ta('run', 'list', '--freshness', 'stuck')
    expect(late.stderr).toContain('No run is stuck.')
  })
})

describe('without a worker', () => {
  test('waiting says so, and Ctrl-C stops following without stopping the run', async () => {
    line.worker.child.kill('SIGTERM')
    await line.worker.result
    const started = startCli(['inventory', 'sync', '--tenant', 'Contoso'], line.env)
    await untilSaid(started, 'No worker is running')
    started.child.kill('SIGINT')
    const { exitCode, stderr } = await started.result
    expect(exitCode).toBe(130)
    expect(stderr).toContain('No longer following; the run goes on.')
    const run = await newestRun()
    expect(run.status).toBe('queued')
    const cancelled = await line.ta('run', 'cancel', run.id)
    expect(cancelled.exitCode).toBe(0)
    expect(cancelled.stderr).toContain('It was still queued and is cancelled.')
    expect(await line.json('worker', 'list')).toEqual([])
  })

  test('a cancelled run is started again and links to the one before; one that succeeded is not', async () => {
    const run = await newestRun()
    const again = await line.ta('run', 'retry', run.id, '--no-wait')
    expect(again.stdout).toContain('Queued')
    const shown = await line.json<{ context: object; timeline: object[] }>('run', 'show', (await newestRun()).id)
    expect(shown).toMatchObject({ context: { retryOf: run.id }, timeline: [{ kind: 'created' }] })
    const done = await newestRun('--outcome', 'succeeded')
    expectRefusal(await line.ta('run', 'retry', done.id), 1, /succeeded: there is nothing to try again/)
  })

  test('run list goes on where its page ended', async () => {
    const first = await line.json<RunList>('run', 'list', '--limit', '1')
    const next = await line.json<RunList>('run', 'list', '--limit', '1', '--cursor', String(first.nextCursor))
    expect(next.items).toHaveLength(1)
    expect(next.items[0]).not.toEqual(first.items[0])
  })
})

describe('connection certificate', () => {
  test('writes what to upload and keeps the key', async () => {
    const out = join(line.dataDir, 'reader.cer')
    const args = ['connection', 'certificate', '--tenant', 'Fabrikam', '--client-id', crypto.randomUUID(), '--out', out]
    expect((await line.ta(...args)).exitCode).toBe(0)
    const written = await readFile(out, 'utf8')
    expect(written).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect(written).not.toContain('PRIVATE KEY')
    expectRefusal(await line.ta(...args), 2, 'is there already')
    const { credentials } = await line.json<{ credentials: { purpose: string; kind: string }[] }>(
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
    const seeded = { ...line.env, TENANTATLAS_SIMULATOR_PORT: String(await freePort()) }
    const first = await runCli(['seed', '-o', 'json'], seeded)
    expect(first.stderr).toContain('Made 1 workspaces, 4 members, 3 tenants')
    const tenants = JSON.parse(first.stdout) as { policies: number; id: string }[]
    expect(tenants.map(({ policies }) => policies > 50)).toEqual([true, true, true])
    const second = await runCli(['seed', '-o', 'json'], seeded)
    expect(second.stderr).toContain('Made 0 workspaces, 0 members, 0 tenants')
    expect((JSON.parse(second.stdout) as { id: string }[]).map(({ id }) => id)).toEqual(tenants.map(({ id }) => id))
  }, 120_000)
})
