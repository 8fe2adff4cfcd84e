import { sql } from 'kysely'
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { PlanLine } from '#domain/restore/plan-hash.ts'
import type {
  Check,
  ItemPlan,
  RestoreItem,
  RestoreItemState,
  RestoreMode,
  RestoreRun,
  RestoreScope,
  RestoreState,
  Written,
} from '#domain/restore/restore-run.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RestoreItemId, RestoreRunId, RunId, UserId } from '#foundation/kernel/ids.ts'
import type { ListPlace } from '#foundation/kernel/list-cursor.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { approvalsOfRun, toApproval } from '#domain/restore/approvals.store.ts'
import type { ApprovalRow } from '#domain/restore/approvals.store.ts'
import { stateAsSeen } from '#domain/restore/state-as-seen.ts'

export interface NewRestore {
  readonly mode: RestoreMode
  readonly source: { readonly backupSetId: BackupSetId } | { readonly undoOf: RestoreRunId }
  readonly scope: RestoreScope
  readonly onlyChanged: boolean
}

/** A new restore run in state draft. */
export async function insertRestore(tx: Tx, ctx: TenantContext, restore: NewRestore): Promise<RestoreRunId> {
  const id = newId<RestoreRunId>()
  await tx
    .insertInto('restore_runs')
    .values({
      workspace_id: ctx.workspaceId,
      id,
      tenant_id: ctx.tenantId,
      state: 'draft',
      mode: restore.mode,
      backup_set_id: 'backupSetId' in restore.source ? restore.source.backupSetId : null,
      undo_of: 'undoOf' in restore.source ? restore.source.undoOf : null,
      scope: JSON.stringify(restore.scope),
      only_changed: restore.onlyChanged,
      created_by: ctx.actor.name,
    })
    .execute()
  return id
}

export async function setPreviewRun(tx: Tx, ctx: TenantContext, id: RestoreRunId, runId: RunId): Promise<void> {
  await sql`update restore_runs set preview_run_id = ${runId} where ${isRestore(ctx, id)}`.execute(tx)
}

interface RestoreRow {
  id: string
  state: RestoreState
  mode: RestoreMode
  backup_set_id: string | null
  undo_of: string | null
  scope: RestoreScope
  only_changed: boolean
  plan_hash: Buffer | null
  checks: Check[]
  preview_run_id: string | null
  run_id: string | null
  created_by: string
  confirmed_by: string | null
  confirmed_by_id: string | null
  confirmed_at: Date | null
  created_at: Date
  previewed_at: Date | null
  completed_at: Date | null
  preview_outcome: RunOutcome | null
  run_outcome: RunOutcome | null
  run_completed_at: Date | null
  any_written: boolean
  writes: number
  approvals: ApprovalRow[]
  /** When it was made, as PostgreSQL writes it. */
  place: string
}

/** Runs of a tenant, newest first; with `after` those that follow that place. */
export async function restoresOfTenant(
  tx: Tx,
  ctx: TenantContext,
  { limit, after }: { readonly limit: number; readonly after: ListPlace | null },
): Promise<{ readonly restore: RestoreRun; readonly place: ListPlace }[]> {
  const rows = await restoreRows(
    tx,
    sql`
    r.workspace_id = ${ctx.workspaceId} and r.tenant_id = ${ctx.tenantId}
    and ${after === null ? sql`true` : sql`(r.created_at, r.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`}
    order by r.created_at desc, r.id desc
    limit ${limit}`,
  )
  return rows.map((row) => ({ restore: toRestore(row), place: { createdAt: row.place, id: row.id } }))
}

export async function restoreById(tx: Tx, ctx: TenantContext, id: RestoreRunId): Promise<RestoreRun | undefined> {
  const [row] = await restoreRows(
    tx,
    sql`r.workspace_id = ${ctx.workspaceId} and r.tenant_id = ${ctx.tenantId} and r.id = ${id}`,
  )
  return row && toRestore(row)
}

async function restoreRows(tx: Tx, which: ReturnType<typeof sql>): Promise<RestoreRow[]> {
  const { rows } = await sql<RestoreRow>`
    select r.*, r.created_at::text as place, p.outcome as preview_outcome, e.outcome as run_outcome, e.completed_at as run_completed_at,
      exists (select from restore_items i where i.workspace_id = r.workspace_id and i.restore_run_id = r.id
        and i.written <> 'no') as any_written,
      (select count(*)::int from restore_items i where i.workspace_id = r.workspace_id and i.restore_run_id = r.id
        and i.plan = 'write') as writes,
      ${approvalsOfRun} as approvals
    from restore_runs r
    left join operation_runs p on p.workspace_id = r.workspace_id and p.id = r.preview_run_id
    left join operation_runs e on e.workspace_id = r.workspace_id and e.id = r.run_id
    where ${which}`.execute(tx)
  return rows
}

function toRestore(row: RestoreRow): RestoreRun {
  return {
    id: asId(row.id),
    state: stateAsSeen({
      state: row.state,
      previewOutcome: row.preview_outcome,
      runOutcome: row.run_outcome,
      anyWritten: row.any_written,
    }),
    mode: row.mode,
    backupSetId: row.backup_set_id === null ? null : asId(row.backup_set_id),
    undoOf: row.undo_of === null ? null : asId(row.undo_of),
    scope: row.scope,
    onlyChanged: row.only_changed,
    planHash: row.plan_hash?.toString('hex') ?? null,
    writes: row.writes,
    approvals: row.approvals.map(toApproval),
    checks: row.checks,
    previewRunId: row.preview_run_id === null ? null : asId(row.preview_run_id),
    runId: row.run_id === null ? null : asId(row.run_id),
    createdBy: row.created_by,
    confirmedBy: row.confirmed_by,
    confirmedById: row.confirmed_by_id === null ? null : asId(row.confirmed_by_id),
    confirmedAt: row.confirmed_at,
    createdAt: row.created_at,
    previewedAt: row.previewed_at,
    completedAt: row.completed_at ?? row.run_completed_at,
  }
}

/** Locks the restore run until the transaction ends, so that it is confirmed or begun once. */
export async function lockRestore(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
): Promise<{ readonly state: RestoreState } | undefined> {
  const { rows } = await sql<{ state: RestoreState }>`
    select state from restore_runs where ${isRestore(ctx, id)} for update`.execute(tx)
  return rows[0]
}

function isRestore(ctx: TenantContext, id: RestoreRunId) {
  return sql`workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${id}`
}

/** A policy in a plan that is being made. */
export interface NewItem {
  readonly ordinal: number
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  readonly plan: ItemPlan
  readonly preview: { readonly assignments: readonly Assignment[]; readonly hash: string } | null
  readonly desired: { readonly assignments: readonly Assignment[]; readonly hash: string } | null
  readonly diff: readonly DiffLine[]
  readonly reason: Reason | null
  readonly message: string | null
}

const stateAtFirst = { write: 'planned', no_change: 'no_change', skip: 'skipped' } as const satisfies Record<
  ItemPlan,
  RestoreItemState
>

/** Forgets the plan an attempt that was cut off had begun. */
export async function deleteItems(tx: Tx, ctx: TenantContext, id: RestoreRunId): Promise<void> {
  await tx
    .deleteFrom('restore_items')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('restore_run_id', '=', id)
    .execute()
}

export async function insertItems(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  items: readonly NewItem[],
): Promise<void> {
  if (items.length === 0) return
  const records = items.map((item) => ({
    id: newId<RestoreItemId>(),
    ordinal: item.ordinal,
    type: item.type,
    graph_id: item.graphId,
    policy_name: item.name,
    plan: item.plan,
    state: stateAtFirst[item.plan],
    preview: item.preview?.assignments,
    preview_hash: item.preview?.hash,
    desired: item.desired?.assignments,
    desired_hash: item.desired?.hash,
    diff: item.diff,
    reason: item.reason,
    message: item.message,
  }))
  await sql`
    insert into restore_items (workspace_id, restore_run_id, tenant_id, id, ordinal, type, graph_id, policy_name, plan,
      state, preview, preview_hash, desired, desired_hash, diff, reason, message)
    select ${ctx.workspaceId}, ${id}, ${ctx.tenantId}, i.id, i.ordinal, i.type, i.graph_id, i.policy_name, i.plan,
      i.state, i.preview, decode(i.preview_hash, 'hex'), i.desired, decode(i.desired_hash, 'hex'), i.diff, i.reason, i.message
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as i (
      id uuid, ordinal integer, type text, graph_id text, policy_name text, plan text, state text, preview jsonb,
      preview_hash text, desired jsonb, desired_hash text, diff jsonb, reason text, message text)
  `.execute(tx)
}

/** The plan stands: it can be confirmed by its hash. */
export async function setPreviewed(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { planHash, checks }: { readonly planHash: Buffer; readonly checks: readonly Check[] },
): Promise<void> {
  await sql`
    update restore_runs
    set state = 'previewed', plan_hash = ${planHash}, checks = ${JSON.stringify(checks)}::jsonb,
      previewed_at = clock_timestamp()
    where ${isRestore(ctx, id)} and state in ('draft', 'checked')`.execute(tx)
}

export async function setQueued(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { runId, confirmedById }: { readonly runId: RunId; readonly confirmedById: UserId | null },
): Promise<void> {
  await sql`
    update restore_runs
    set state = 'queued', run_id = ${runId}, confirmed_by = ${ctx.actor.name},
      confirmed_by_id = ${confirmedById}, confirmed_at = clock_timestamp()
    where ${isRestore(ctx, id)} and state = 'previewed'`.execute(tx)
}

export async function setRunning(tx: Tx, ctx: TenantContext, id: RestoreRunId): Promise<void> {
  await sql`update restore_runs set state = 'running' where ${isRestore(ctx, id)} and state = 'queued'`.execute(tx)
}

export async function setEnded(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  state: 'completed' | 'partial' | 'failed' | 'cancelled',
): Promise<void> {
  await sql`
    update restore_runs set state = ${state}, completed_at = clock_timestamp()
    where ${isRestore(ctx, id)} and state in ('queued', 'running')`.execute(tx)
}

/** The lines of the plan hash, in order. */
export async function planLines(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<PlanLine[]> {
  const { rows } = await sql<PlanLine>`
    select ordinal, type, graph_id as "graphId", plan, encode(preview_hash, 'hex') as "previewHash",
      encode(desired_hash, 'hex') as "desiredHash"
    from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id}
      and ordinal > ${after}
    order by ordinal limit ${limit}`.execute(tx)
  return rows
}

interface ItemRow {
  id: string
  ordinal: number
  type: PolicyType
  graph_id: string
  policy_name: string
  plan: ItemPlan
  state: RestoreItemState
  diff: DiffLine[] | null
  preview_hash: Buffer | null
  desired_hash: Buffer | null
  found_hash: Buffer | null
  written: Written
  recovered: boolean
  approval_code: string | null
  reason: string | null
  message: string | null
}

export interface ItemFilter {
  readonly after: number
  readonly limit: number
  readonly plan?: ItemPlan | undefined
}

/** Items of a plan in its order. */
export async function restoreItems(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { after, limit, plan }: ItemFilter,
): Promise<RestoreItem[]> {
  const { rows } = await sql<ItemRow>`
    select id, ordinal, type, graph_id, policy_name, plan, state, diff, preview_hash, desired_hash, found_hash, written,
      recovered, approval_code, reason, message
    from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id}
      and ordinal > ${after} and (${plan ?? null}::text is null or plan = ${plan ?? null})
    order by ordinal limit ${limit}`.execute(tx)
  return rows.map(toItem)
}

function toItem(row: ItemRow): RestoreItem {
  return {
    id: asId(row.id),
    ordinal: row.ordinal,
    type: row.type,
    graphId: row.graph_id,
    name: row.policy_name,
    plan: row.plan,
    state: row.state,
    diff: row.diff ?? [],
    previewHash: row.preview_hash?.toString('hex') ?? null,
    desiredHash: row.desired_hash?.toString('hex') ?? null,
    foundHash: row.found_hash?.toString('hex') ?? null,
    written: row.written,
    recovered: row.recovered,
    approvalCode: row.approval_code,
    // Written by this program from its registry of reasons.
    reason: row.reason as Reason | null,
    message: row.message,
  }
}

/** How many items are in each state of plan and execution. */
export async function countItems(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
): Promise<{ readonly plan: ItemPlan; readonly state: RestoreItemState; readonly count: number }[]> {
  const { rows } = await sql<{ plan: ItemPlan; state: RestoreItemState; count: number }>`
    select plan, state, count(*)::int as count from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id}
    group by plan, state`.execute(tx)
  return rows
}

/** The recorded before-sets of one type that may have been changed, with what binds them. */
export async function beforeSets(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  type: PolicyType,
): Promise<{ graphId: string; name: string; before: readonly Assignment[]; beforeHash: string }[]> {
  const { rows } = await sql<{ graphId: string; name: string; before: Assignment[]; beforeHash: string }>`
    select graph_id as "graphId", policy_name as name, before, encode(before_hash, 'hex') as "beforeHash"
    from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id}
      and type = ${type} and written <> 'no'
    order by graph_id`.execute(tx)
  return rows
}

/** The types of the items that may have reached the tenant, with how many. */
export async function writtenTypes(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
): Promise<{ readonly type: PolicyType; readonly count: number }[]> {
  const { rows } = await sql<{ type: PolicyType; count: number }>`
    select type, count(*)::int as count from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id} and written <> 'no'
    group by type`.execute(tx)
  return rows
}

/** Preview and desired set of one item, for the exact write. */
export async function setsOfItem(
  tx: Tx,
  ctx: TenantContext,
  id: RestoreRunId,
  { type, graphId }: { readonly type: PolicyType; readonly graphId: string },
): Promise<
  { readonly preview: readonly Assignment[] | null; readonly desired: readonly Assignment[] | null } | undefined
> {
  const { rows } = await sql<{ preview: Assignment[] | null; desired: Assignment[] | null }>`
    select preview, desired from restore_items
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${id}
      and type = ${type} and graph_id = ${graphId}`.execute(tx)
  return rows[0]
}
