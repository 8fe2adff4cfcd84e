/**
 * The write ledger: what is about to be sent is committed first, what became of it is written once. Every statement
 * runs in a transaction that holds the claim of the run, so a stale worker changes nothing.
 */
import { sql } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { RestoreItemState, Written } from '#domain/restore/restore-run.ts'
import type { TargetStep } from '#domain/restore/per-target.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RestoreItemId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface AssignmentsWithHash {
  readonly assignments: readonly Assignment[]
  /** Lower-case hexadecimal. */
  readonly hash: string
}

/** An item that is still to do, or was begun by a worker that is gone. */
export interface OpenItem {
  readonly id: RestoreItemId
  readonly restoreRunId: RestoreRunId
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
  readonly state: 'planned' | 'sending'
  readonly previewHash: string
  readonly desired: AssignmentsWithHash
  /** Once something was sent. */
  readonly before: AssignmentsWithHash | null
}

interface OpenRow {
  id: string
  type: PolicyType
  graph_id: string
  policy_name: string
  state: 'planned' | 'sending'
  preview_hash: string
  desired: Assignment[]
  desired_hash: string
  before: Assignment[] | null
  before_hash: string | null
}

/** The next item of the plan that is not settled. */
export async function nextOpenItem(
  tx: Tx,
  ctx: TenantContext,
  restoreRunId: RestoreRunId,
): Promise<OpenItem | undefined> {
  const { rows } = await sql<OpenRow>`
    select id, type, graph_id, policy_name, state, encode(preview_hash, 'hex') as preview_hash, desired,
      encode(desired_hash, 'hex') as desired_hash, before, encode(before_hash, 'hex') as before_hash
    from restore_items
    where workspace_id = ${ctx.workspaceId} and restore_run_id = ${restoreRunId} and tenant_id = ${ctx.tenantId}
      and state in ('planned', 'sending')
    order by ordinal limit 1`.execute(tx)
  const row = rows[0]
  return (
    row && {
      id: asId(row.id),
      restoreRunId,
      type: row.type,
      graphId: row.graph_id,
      name: row.policy_name,
      state: row.state,
      previewHash: row.preview_hash,
      desired: { assignments: row.desired, hash: row.desired_hash },
      before:
        row.before === null || row.before_hash === null ? null : { assignments: row.before, hash: row.before_hash },
    }
  )
}

export interface Intent {
  readonly itemId: RestoreItemId
  readonly before: AssignmentsWithHash
  readonly clientRequestId: string
  readonly kind: 'replace' | TargetStep['kind']
  /** Lower-case hexadecimal; null for a replace. */
  readonly assignmentHash: string | null
  readonly runId: RunId
  readonly fence: number
}

/** Commits that a request is about to be sent. */
export async function insertIntent(tx: Tx, ctx: TenantContext, intent: Intent): Promise<void> {
  const { numAffectedRows } = await sql`
    update restore_items
    set state = 'sending', fence = ${intent.fence}, written = 'unknown',
      before = coalesce(before, ${JSON.stringify(intent.before.assignments)}::jsonb),
      before_hash = coalesce(before_hash, decode(${intent.before.hash}, 'hex'))
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${intent.itemId}
      and state in ('planned', 'sending')`.execute(tx)
  if (numAffectedRows !== 1n) throw new TypeError(`restore item ${intent.itemId} is settled and was to be sent`)
  await sql`
    insert into restore_sends (workspace_id, client_request_id, restore_item_id, tenant_id, kind, assignment_hash, run_id, fence)
    values (${ctx.workspaceId}, ${intent.clientRequestId}, ${intent.itemId}, ${ctx.tenantId}, ${intent.kind},
      decode(${intent.assignmentHash}, 'hex'), ${intent.runId}, ${intent.fence})`.execute(tx)
}

export type Answer = 'accepted' | 'refused' | 'unknown' | 'approval_required'

export async function setAnswer(
  tx: Tx,
  ctx: TenantContext,
  send: { readonly clientRequestId: string; readonly answer: Answer; readonly graphRequestId: string | null },
): Promise<void> {
  await sql`
    update restore_sends
    set answer = ${send.answer}, graph_request_id = ${send.graphRequestId}, answered_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId}
      and client_request_id = ${send.clientRequestId} and answer is null`.execute(tx)
}

export interface Send {
  readonly clientRequestId: string
  readonly kind: Intent['kind']
  readonly assignmentHash: string | null
  readonly answer: Answer | null
  /** Since its intent, by the database's clock. */
  readonly ageMs: number
}

/** Everything that was sent for an item, in order. */
export async function sendsOf(tx: Tx, ctx: TenantContext, itemId: RestoreItemId): Promise<Send[]> {
  const { rows } = await sql<Send>`
    select client_request_id as "clientRequestId", kind, encode(assignment_hash, 'hex') as "assignmentHash", answer,
      extract(epoch from clock_timestamp() - intent_at)::float8 * 1000 as "ageMs"
    from restore_sends
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_item_id = ${itemId}
    order by intent_at, client_request_id`.execute(tx)
  return rows
}

/** Takes an intent back of which Graph said that it did nothing: the item is as it was before. */
export async function unsend(tx: Tx, ctx: TenantContext, itemId: RestoreItemId): Promise<void> {
  await sql`
    update restore_items i
    set state = 'planned', before = null, before_hash = null, written = 'no'
    where i.workspace_id = ${ctx.workspaceId} and i.tenant_id = ${ctx.tenantId} and i.id = ${itemId} and i.state = 'sending'
      and not exists (select from restore_sends s where s.workspace_id = i.workspace_id and s.restore_item_id = i.id
        and s.answer is distinct from 'refused')`.execute(tx)
}

export interface ItemEnd {
  readonly state: Exclude<RestoreItemState, 'planned' | 'sending'>
  readonly written: Written
  readonly recovered?: boolean
  /** Lower-case hexadecimal. */
  readonly foundHash?: string
  readonly approvalCode?: string
  readonly reason?: Reason
  readonly message?: string
}

/** Settles an item, once. */
export async function settle(tx: Tx, ctx: TenantContext, itemId: RestoreItemId, end: ItemEnd): Promise<void> {
  const { numAffectedRows } = await sql`
    update restore_items
    set state = ${end.state}, written = ${end.written}, recovered = ${end.recovered ?? false},
      found_hash = decode(${end.foundHash ?? null}, 'hex'), approval_code = ${end.approvalCode ?? null},
      reason = ${end.reason ?? null}, message = ${end.message ?? null}, settled_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${itemId}
      and state in ('planned', 'sending')`.execute(tx)
  if (numAffectedRows !== 1n) throw new TypeError(`restore item ${itemId} is settled already`)
}

/** Leaves out what is still planned; says which. */
export async function skipPlanned(
  tx: Tx,
  ctx: TenantContext,
  restoreRunId: RestoreRunId,
  { reason, message }: { readonly reason: Reason; readonly message: string },
): Promise<{ readonly type: PolicyType; readonly graphId: string; readonly name: string }[]> {
  const { rows } = await sql<{ type: PolicyType; graphId: string; name: string }>`
    update restore_items
    set state = 'skipped', reason = ${reason}, message = ${message}, settled_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and restore_run_id = ${restoreRunId}
      and state = 'planned'
    returning type, graph_id as "graphId", policy_name as name`.execute(tx)
  return rows
}
