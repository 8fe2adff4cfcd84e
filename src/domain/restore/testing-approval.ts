/** For tests of the second person of a restore: who approves, and plans that nothing was read for. */
import type { Person, SignInMethod } from '#domain/access/caller.ts'
import { approveRestore } from '#domain/restore/approve-restore.ts'
import type { RestoreWithApproval } from '#domain/restore/second-person.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RestoreRunId, SessionId, UserId } from '#foundation/kernel/ids.ts'

export interface Colleague {
  readonly person: Person
  /** The tenant, in which they act. */
  readonly ctx: TenantContext
}

/** Test only: somebody else of the workspace, signed in. */
export async function givenColleague(
  db: Database,
  ctx: TenantContext,
  { role = 'manager', method = 'local' }: { readonly role?: Role; readonly method?: SignInMethod } = {},
): Promise<Colleague> {
  const userId = newId<UserId>()
  const name = `Marco ${userId.slice(-4)}`
  await db.insertInto('users').values({ id: userId, display_name: name }).execute()
  await inWorkspace(db, ctx, (tx) =>
    tx.insertInto('workspace_members').values({ workspace_id: ctx.workspaceId, user_id: userId, role }).execute(),
  )
  const now = new Date()
  const session = { sessionId: newId<SessionId>(), method, authenticatedAt: now, expiresAt: now }
  return {
    person: { kind: 'person', userId, name, ...session },
    ctx: actingAs(ctx, { kind: 'user', userId, name }),
  }
}

/** Test only: that person approves the plan as it is. */
export async function approveAs(
  db: Database,
  { person, ctx }: Colleague,
  { id, planHash }: Pick<RestoreRun, 'id' | 'planHash'>,
): Promise<RestoreWithApproval> {
  return approveRestore(db, ctx, person, { restoreRunId: id, planHash: planHash ?? '' })
}

export interface GivenPlan {
  readonly id: RestoreRunId
  readonly planHash: string
}

/** Test only: a plan that writes so many policies, and leaves as many as they are or out, as rows only. */
export async function givenPlanOf({ db, owner }: TestDatabase, ctx: TenantContext, writes: number): Promise<GivenPlan> {
  const scope = { workspace_id: ctx.workspaceId, tenant_id: ctx.tenantId }
  const [backup, id] = [newId<BackupSetId>(), newId<RestoreRunId>()]
  const input = { backupSetId: backup }
  const { runId } = await startRun(db, ctx, { type: 'backup.verify', input, trigger: 'api' })
  const hash = Buffer.alloc(32, 7)
  await owner
    .insertInto('backup_sets')
    .values({
      ...scope,
      id: backup,
      run_id: runId,
      state: 'failed',
      completed_at: new Date(),
      created_by: 'Ada Moreau',
    })
    .execute()
  const plan = { state: 'previewed', mode: 'replace', plan_hash: hash, previewed_at: new Date() }
  await owner
    .insertInto('restore_runs')
    .values({ ...scope, ...plan, id, backup_set_id: backup, scope: '{"kind":"all"}', created_by: 'Ada Moreau' })
    .execute()
  const plans = ['write', 'no_change', 'skip'].flatMap((word) => Array.from({ length: writes }, () => word))
  const stateOf: Record<string, string> = { write: 'planned', no_change: 'no_change', skip: 'skipped' }
  const items = plans.map((word, ordinal) => ({
    ...scope,
    id: newId(),
    restore_run_id: id,
    ordinal,
    type: 'configurationPolicies',
    graph_id: `policy ${ordinal}`,
    policy_name: `Policy ${ordinal}`,
    plan: word,
    state: stateOf[word] ?? '',
    preview_hash: hash,
    desired_hash: hash,
  }))
  if (items.length > 0) await owner.insertInto('restore_items').values(items).execute()
  return { id, planHash: hash.toString('hex') }
}
