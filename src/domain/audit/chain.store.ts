import { sql } from 'kysely'
import type { AuditEntry } from '#domain/audit/record-audit.ts'
import type { ChainedEntry } from '#domain/audit/canonical-entry.ts'
import type { Checkpoint, CheckpointKind } from '#domain/audit/checkpoint.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'

/** Puts an entry at the end of the chain. Locks the head until the transaction ends. */
export async function appendEntry(
  tx: Tx,
  ctx: WorkspaceContext | TenantContext,
  entry: AuditEntry & { readonly id: string },
): Promise<void> {
  const { actor, requestId = null } = ctx
  const tenantId = 'tenantId' in ctx ? ctx.tenantId : null
  const actorId = actor.kind === 'user' ? actor.userId : null
  const { kind, id: subjectId } = entry.subject
  await sql`
    select append_audit(${ctx.workspaceId}, null, array[row(${entry.id}, ${tenantId}, ${actor.kind}, ${actorId}, ${actor.name},
      ${entry.action}, ${kind}, ${subjectId}, ${entry.runId ?? null}, ${entry.outcome}, ${entry.beforeHash ?? null}::bytea,
      ${entry.afterHash ?? null}::bytea, ${requestId}, ${JSON.stringify(entry.detail ?? {})}::jsonb)::new_audit_entry])
  `.execute(tx)
}

/** A place in a chain: an entry and its hash. */
export interface ChainPlace {
  readonly seq: number
  readonly hash: Buffer
}

export interface ChainEnds {
  readonly head: ChainPlace
  /** The last entry that retention removed; seq 0 while it has removed none. */
  readonly anchor: ChainPlace
}

/** Where the chain begins and ends, as its head says; undefined when there is no head. */
export async function chainEnds(tx: Tx, { workspaceId }: WorkspaceContext): Promise<ChainEnds | undefined> {
  const row = await tx
    .selectFrom('audit_heads')
    .select(['seq', 'hash', 'anchor_seq', 'anchor_hash'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { head: { seq: row.seq, hash: row.hash }, anchor: { seq: row.anchor_seq, hash: row.anchor_hash } }
}

/** An entry with the hash that is stored with it. */
export interface StoredEntry extends ChainedEntry {
  readonly hash: Buffer
}

/**
 * The entries of so many numbers behind a place of the chain, in its order, from the very first when none is named; and the
 * last of these numbers when entries go on behind it, else null.
 */
export async function entriesAfter(
  tx: Tx,
  scope: WorkspaceContext,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<{ readonly rows: readonly StoredEntry[]; readonly upTo: number | null }> {
  const first = await nextEntry(tx, scope, after)
  if (first === undefined) return { rows: [], upTo: null }
  const last = first + limit - 1
  // By a range, which the planner cannot get wrong: with a limit alone it sorts everything to the end of the log, each time.
  // Where numbers stand twice there are more; that there are is found by the first of them.
  const { rows } = await sql<StoredEntry>`
    select a.workspace_id as "workspaceId", a.seq, a.id, (extract(epoch from a.at) * 1000000)::bigint::text as "atMicros",
      a.tenant_id as "tenantId", a.actor_kind as "actorKind", a.actor_id as "actorId", a.actor_name as "actorName", a.action,
      a.subject_kind as "subjectKind", a.subject_id as "subjectId", a.run_id as "runId", a.outcome,
      encode(a.before_hash, 'hex') as "beforeHash", encode(a.after_hash, 'hex') as "afterHash",
      a.request_id as "requestId", a.detail::text as "detailText", a.hash
    from audit_entries a
    where a.workspace_id = ${scope.workspaceId} and a.seq between ${first} and ${last}
    order by a.seq limit ${2 * limit}`.execute(tx)
  return { rows, upTo: (await nextEntry(tx, scope, last)) === undefined ? null : last }
}

/** The number of the first entry behind a place of the chain, or of all. */
async function nextEntry(tx: Tx, { workspaceId }: WorkspaceContext, after: number | null): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number }>`
    select a.seq from audit_entries a
    where a.workspace_id = ${workspaceId} and ${after === null ? sql`true` : sql`a.seq > ${after}`}
    order by a.seq limit 1`.execute(tx)
  return rows[0]?.seq
}

/** The hashes of entries, by their numbers; a number without an entry has none. */
export async function hashesAt(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, Buffer>> {
  const { rows } = await sql<{ seq: number; hash: Buffer }>`
    select a.seq, a.hash from audit_entries a
    where a.workspace_id = ${workspaceId} and a.seq = any (${seqs}::bigint[])`.execute(tx)
  return new Map(rows.map(({ seq, hash }) => [seq, hash]))
}

/** The number of the last entry; undefined when there is none. */
export async function lastEntry(tx: Tx, { workspaceId }: WorkspaceContext): Promise<number | undefined> {
  const row = await tx
    .selectFrom('audit_entries')
    .select('seq')
    .where('workspace_id', '=', workspaceId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.seq
}

/** What was signed of a workspace, the oldest first: everything, or so much of it behind a place of the chain. */
export async function checkpointsOf(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { after, limit }: { readonly after: number | null; readonly limit?: number } = { after: null },
): Promise<Checkpoint[]> {
  const rows = await tx
    .selectFrom('audit_checkpoints')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .$if(after !== null, (q) => q.where('seq', '>', after ?? 0))
    .orderBy('seq')
    .$if(limit !== undefined, (q) => q.limit(limit ?? 0))
    .execute()
  // A check constraint keeps the kinds; whatever else stands there does not verify.
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    kind: row.kind as CheckpointKind,
    seq: row.seq,
    hash: row.hash.toString('hex'),
    at: row.at.toISOString(),
    keyId: row.key_id,
    signature: row.signature.toString('base64'),
  }))
}

/** Keeps a checkpoint; false when somebody else has signed the same place meanwhile. */
export async function insertCheckpoint(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  checkpoint: Omit<Checkpoint, 'workspaceId'>,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('audit_checkpoints')
    .values({
      workspace_id: workspaceId,
      kind: checkpoint.kind,
      seq: checkpoint.seq,
      hash: Buffer.from(checkpoint.hash, 'hex'),
      at: checkpoint.at,
      key_id: checkpoint.keyId,
      signature: Buffer.from(checkpoint.signature, 'base64'),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** The database's clock, to the millisecond. */
export async function databaseTime(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx)
  if (rows[0] === undefined) throw new TypeError('a clock that does not answer')
  return rows[0].now
}

/**
 * Deletes entries from the begin of the chain up to the first that is not older than `days`, at most `limit`; answers
 * how many, and the last of them. Locks what it deletes, which nobody else touches.
 */
export async function deleteFront(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<{ readonly count: number; readonly last: ChainPlace | null }> {
  const { rows } = await sql<{ count: number; seq: number | null; hash: Buffer | null }>`
    with oldest as (
      select a.seq, a.at from audit_entries a where a.workspace_id = ${workspaceId} order by a.seq limit ${limit}
    ), front as (
      select coalesce(
        min(o.seq) filter (where o.at >= statement_timestamp() - make_interval(days => ${days})), max(o.seq) + 1) as until
      from oldest o
    ), deleted as (
      delete from audit_entries a
      where a.workspace_id = ${workspaceId} and a.seq < (select f.until from front f) returning a.seq, a.hash
    )
    select count(*) as count, max(d.seq) as seq, (array_agg(d.hash order by d.seq desc))[1] as hash from deleted d`.execute(
    tx,
  )
  const { count, seq, hash } = rows[0] ?? { count: 0, seq: null, hash: null }
  return { count, last: seq === null || hash === null ? null : { seq, hash } }
}

/** Says where the chain begins now. Locks the head until the transaction ends. */
export async function moveAnchor(tx: Tx, { workspaceId }: WorkspaceContext, { seq, hash }: ChainPlace): Promise<void> {
  await tx
    .updateTable('audit_heads')
    .set({ anchor_seq: seq, anchor_hash: hash })
    .where('workspace_id', '=', workspaceId)
    .execute()
}
