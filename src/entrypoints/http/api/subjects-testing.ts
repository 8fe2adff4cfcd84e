import { startRun } from '#domain/operations/ensure-run.ts'
import { createSchedule } from '#domain/schedules/create-schedule.ts'
import type { TestDatabase } from '#foundation/db/testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'

/** One record of each kind that a path can name. */
export interface Subjects {
  readonly run: string
  readonly backup: string
  readonly restore: string
  readonly schedule: string
  readonly onboarding: string
}

/** Test only: one record of each kind, of that tenant. */
export async function givenSubjects({ db, owner }: TestDatabase, tenant: TenantContext): Promise<Subjects> {
  const { runId } = await startRun(db, tenant, { type: 'connection.verify', input: {}, trigger: 'api' })
  const place = { workspace_id: tenant.workspaceId, tenant_id: tenant.tenantId, created_by: 'Ada Moreau' }
  const backup = newId()
  await owner
    .insertInto('backup_sets')
    .values({ ...place, id: backup, state: 'failed', run_id: runId, completed_at: new Date() })
    .execute()
  const restore = newId()
  await owner
    .insertInto('restore_runs')
    .values({
      ...place,
      id: restore,
      state: 'draft',
      mode: 'replace',
      backup_set_id: backup,
      scope: JSON.stringify({ kind: 'all' }),
    })
    .execute()
  const onboarding = newId()
  await owner
    .insertInto('onboardings')
    .values({ workspace_id: tenant.workspaceId, tenant_id: tenant.tenantId, id: onboarding, begun_by: 'Ada Moreau' })
    .execute()
  return { run: runId, backup, restore, schedule: await givenSchedule({ db }, tenant), onboarding }
}

/** Test only: a schedule of that tenant. */
export async function givenSchedule({ db }: Pick<TestDatabase, 'db'>, tenant: TenantContext): Promise<string> {
  const wish = { name: `Nightly ${newId()}`, cron: '0 3 * * *', timeZone: 'UTC', tenant }
  return (await createSchedule(db, tenant, wish)).id
}
