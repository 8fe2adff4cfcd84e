/** What commands refuse: one sentence that helps, the right exit code, nothing half-done. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectRefusal, freePort, runCli } from '#entrypoints/cli/testing.ts'
import { useCommandLine } from '#entrypoints/cli/testing-commands.ts'

const line = useCommandLine()

describe('refusals', () => {
  test('an unknown tenant is named, with what was perhaps meant', async () => {
    expectRefusal(
      await line.ta('policy', 'list', '--tenant', 'Contso'),
      3,
      'There is no tenant "Contso" in this workspace. Did you mean "Contoso"?',
    )
  })

  test('an unknown policy is named', async () => {
    expectRefusal(
      await line.ta('policy', 'show', 'No such policy', '--tenant', 'Contoso'),
      3,
      'There is no policy "No such policy" in "Contoso"',
    )
  })

  test('an unknown run is named, whether by id or by its end', async () => {
    expectRefusal(await line.ta('run', 'show', crypto.randomUUID()), 3, 'There is no run')
    expectRefusal(await line.ta('run', 'cancel', 'abcdef12'), 3, 'There is no run "abcdef12"')
  })

  test('a tenant must be named where there are several', async () => {
    expectRefusal(
      await line.ta('backup', 'list'),
      3,
      'This workspace has 2 tenants; name one with --tenant: "Contoso", "Fabrikam".',
    )
  })

  test('a plan of another tenant is not found, and nothing is written', async () => {
    const plan = await line.json<{ id: string }>('restore', 'plan', '--tenant', 'Contoso')
    const refused = await line.ta('restore', 'apply', plan.id, '--tenant', 'Fabrikam', '--confirm', 'Fabrikam')
    expectRefusal(refused, 3, `Tenant "Fabrikam" has no restore run ${plan.id}`)
    const { runId } = await line.json<{ runId: string | null }>('restore', 'show', plan.id, '--tenant', 'Contoso')
    expect(runId).toBeNull()
  })

  test('a damaged snapshot is reported, and a plan leaves it out', async () => {
    const { id } = await line.json<{ id: string }>('backup', 'create', '--tenant', 'Contoso', '--note', 'to be damaged')
    await line.database.owner
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
    const verified = await line.ta('backup', 'verify', id, '--tenant', 'Contoso')
    expect(verified.stderr).toMatch(/damaged/i)
    expect(verified.exitCode).not.toBe(0)
    const plan = await line.ta(
      'restore',
      'plan',
      '--backup',
      id,
      '--type',
      'configurationPolicies',
      '--tenant',
      'Contoso',
    )
    expect(plan.stdout).toMatch(/damaged/)
    expect(plan.stdout).toMatch(/0 policies to write/)
    expect(plan.stdout).toContain('No write is planned, so no write permission is needed.')
    expect(plan.stderr).toMatch(/Nothing can be written: \d+ policies are left out; the plan says why\./)
    expect(plan.exitCode).toBe(5)
    const [restore] = await line.json<{ id: string }[]>('restore', 'list', '--tenant', 'Contoso')
    const applied = await line.ta('restore', 'apply', restore?.id ?? '', '--tenant', 'Contoso')
    expect(applied.stderr).toMatch(/^Nothing can be written: \d+ policies are left out; the plan says why\.$/m)
    expect(applied.exitCode).toBe(5)
  })

  test('a wrong secret is a failed sign-in', async () => {
    await line.connect('Fabrikam', 'reader', { secret: 'not-the-secret' })
    const verified = await line.ta('connection', 'verify', '--tenant', 'Fabrikam')
    expectRefusal(verified, 4, 'Could not sign in as the reader')
    expect(verified.stderr).not.toContain('not-the-secret')
    expectRefusal(await line.ta('inventory', 'sync', '--tenant', 'Fabrikam'), 4, /Blocked/)
    const backedUp = await line.ta('backup', 'create', '--tenant', 'Fabrikam')
    expect(backedUp.stderr).toMatch(/Blocked/)
    expect(backedUp.stderr).not.toContain('backup diff')
    expect(backedUp.exitCode).toBe(4)
    await line.connect('Fabrikam', 'reader')
  })

  test('a missing permission is named, with what cannot be done without it', async () => {
    const app = await line.simulator.control.registerApp('Fabrikam', {
      name: 'narrow',
      permissions: [
        'DeviceManagementConfiguration.Read.All',
        'DeviceManagementServiceConfig.Read.All',
        'GroupMember.Read.All',
      ],
    })
    const secretFile = join(line.dataDir, 'narrow.secret')
    await writeFile(secretFile, app.secret ?? '')
    await line.ta(
      'connection',
      'set',
      '--tenant',
      'Fabrikam',
      '--reader-client-id',
      app.clientId,
      '--reader-secret-file',
      secretFile,
    )
    const verified = await line.ta('connection', 'verify', '--tenant', 'Fabrikam')
    expectRefusal(verified, 5, /DeviceManagementApps.Read.All is not granted to the reader; needed for: Apps/)
    const synced = await line.ta('inventory', 'sync', '--tenant', 'Fabrikam')
    expect(synced.exitCode).toBe(5)
    expect(synced.stderr).toContain('DeviceManagementApps.Read.All')
    await line.connect('Fabrikam', 'reader')
  })

  test('when a secret ends is stored with it, refused without one, and said where it is shown', async () => {
    const secretFile = join(line.dataDir, 'ending.secret')
    await writeFile(secretFile, 'kX8Q~correct.horse')
    await line.ta('tenant', 'add', 'Ending', '--entra-id', crypto.randomUUID())
    const set = (...rest: string[]) =>
      line.ta('connection', 'set', '--tenant', 'Ending', '--reader-client-id', crypto.randomUUID(), ...rest)
    const expires = ['--reader-secret-expires', '2099-05-28T10:00:00Z']
    expectRefusal(await set('--reader-federated', ...expires), 2, 'together with --reader-secret-file')
    const soon = ['--reader-secret-expires', 'soon']
    expectRefusal(await set('--reader-secret-file', secretFile, ...soon), 2, 'must be like 2027-05-28')
    expect((await set('--reader-secret-file', secretFile, ...expires)).exitCode).toBe(0)
    const shown = await line.ta('connection', 'show', '--tenant', 'Ending', '-o', 'json')
    expect(JSON.parse(shown.stdout)).toMatchObject({
      credentials: [
        { expiresAt: '2099-05-28T10:00:00.000Z', warnings: [{ kind: 'long_secret', longerThanDays: 180 }] },
      ],
    })
  })

  test('a channel is told of events that there are', async () => {
    const add = (...rest: string[]) =>
      line.ta('channel', 'add', 'Ends', '--kind', 'webhook', '--url', 'https://hooks.example.com/ends', ...rest)
    expectRefusal(await add('--event', 'run.began'), 2, 'There is no event "run.began"')
    const added = await add('--event', 'credential.expired', '--event', 'credential.expiring', '-o', 'json')
    expect(JSON.parse(added.stdout)).toMatchObject({ events: ['credential.expiring', 'credential.expired'] })
    expect((await line.ta('channel', 'remove', 'Ends', '--yes')).exitCode).toBe(0)
  })

  test('an address where nobody answers is said to be unreachable', async () => {
    const secretFile = join(line.dataDir, 'reader.secret')
    await line.ta('tenant', 'add', 'Far Away', '--entra-id', crypto.randomUUID())
    await line.ta(
      'connection',
      'set',
      '--tenant',
      'Far Away',
      '--authority-url',
      line.nowhere,
      '--graph-url',
      line.nowhere,
      '--reader-client-id',
      crypto.randomUUID(),
      '--reader-secret-file',
      secretFile,
    )
    const verified = await line.ta('connection', 'verify', '--tenant', 'Far Away')
    expectRefusal(verified, 1, /Could not sign in as the reader/)
  })

  test('a database that is not there, or not migrated, is told from one that is', async () => {
    const nobody = { ...line.env, DATABASE_URL: `postgres://x:y@127.0.0.1:${await freePort()}/z` }
    expectRefusal(await runCli(['worker', 'list'], nobody), 1, 'No PostgreSQL answers at 127.0.0.1')
    const empty = { TENANTATLAS_DATA_DIR: join(line.dataDir, 'nothing-here') }
    expectRefusal(await runCli(['worker', 'list'], empty), 1, 'start it with `npm start`')
    expectRefusal(
      await runCli(['tenant', 'list'], { ...empty, TENANTATLAS_CONFIG_DIR: line.dataDir }),
      1,
      '`npm start`',
    )
  })

  test('wrong usage says what there is, with exit code 2', async () => {
    expectRefusal(await line.ta('tenant', 'lst'), 2, 'Did you mean list?')
    expectRefusal(
      await line.ta('policy', 'list', '--type', 'mobileApp', '--tenant', 'Contoso'),
      2,
      'Did you mean "mobileApps" or',
    )
    expectRefusal(
      await line.ta('policy', 'list', '--limit', 'many', '--tenant', 'Contoso'),
      2,
      '--limit must be a whole number',
    )
    expectRefusal(
      await line.ta('policy', 'list', '--columns', 'nme', '--tenant', 'Contoso'),
      2,
      'There is no column "nme"',
    )
    expectRefusal(await line.ta('restore', 'apply'), 2, "missing required argument 'restore'")
  })

  test('a channel is refused what it has not, and an address inside the network', async () => {
    const add = (...args: string[]) => line.ta('channel', 'add', 'Ticketing', ...args)
    expectRefusal(await add(), 2, 'Say how it is reached with --kind')
    expectRefusal(await add('--kind', 'webhook'), 2, 'Say where it sends to with --url')
    expectRefusal(await add('--kind', 'teams', '--url', 'https://x'), 2, 'has no --url; it has --url-file')
    expectRefusal(await add('--kind', 'email', '--host', 'smtp.example.com'), 2, 'Name the sender with --from')
    const inside = await add('--kind', 'webhook', '--url', 'https://127.0.0.1/hook')
    expectRefusal(inside, 2, 'can add "127.0.0.1" to TENANTATLAS_NOTIFY_ALLOW_HOSTS')
    const odd = await add('--kind', 'webhook', '--url', 'https://hooks.example.com/', '--outcome', 'broken')
    expectRefusal(odd, 2, 'There is no outcome "broken"')
    expectRefusal(await line.ta('channel', 'test', 'Ticketing'), 3, 'There is no channel "Ticketing"')
    expect(await line.json('channel', 'list')).toEqual([])
  })

  test('are JSON too where JSON is asked for', async () => {
    const refused = await line.ta('policy', 'list', '--tenant', 'Contso', '-o', 'json')
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { reason: 'not_found', message: expect.stringContaining('Contso') },
    })
  })
})
