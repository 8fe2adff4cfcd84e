import { sql } from 'kysely'
import type { BackupItemType, BackupState, Completeness, TypeCompleteness } from '#domain/backups/backup-set.ts'
import type { Snapshot, SnapshotPart } from '#domain/backups/snapshot.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RunId, SnapshotId } from '#foundation/kernel/ids.ts'

/** What one item of a set is made of: a snapshot, or the reason why there is none. */
export type CapturedItem = { readonly graphId: string; readonly name: string } & (
  | { readonly snapshot: Snapshot; readonly problem: null }
  | { readonly snapshot: null; readonly problem: string }
)

/** The set of that run, made when it does not exist and open for capturing (again). */
export async function openSetOfRun(
  tx: Tx,
  ctx: TenantContext,
  input: { readonly runId: RunId; readonly note: string | undefined },
): Promise<{ readonly id: BackupSetId; readonly completeness: Completeness }> {
  const set = await tx
    .insertInto('backup_sets')
    .values({
      workspace_id: ctx.workspaceId,
      id: newId<BackupSetId>(),
      tenant_id: ctx.tenantId,
      state: 'capturing',
      note: input.note ?? null,
      run_id: input.runId,
      created_by: ctx.actor.name,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'run_id'])
        .doUpdateSet({ state: 'capturing', completed_at: null, manifest_hash: null })
        .where('backup_sets.tenant_id', '=', ctx.tenantId),
    )
    .returning(['id', 'completeness'])
    .executeTakeFirstOrThrow()
  return { id: asId(set.id), completeness: set.completeness as Completeness }
}

/** Forgets what an attempt that was cut off kept of one type: the type is read again from its first page. */
export async function deleteItemsOfType(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, type }: { readonly backupSetId: BackupSetId; readonly type: BackupItemType },
): Promise<void> {
  await tx
    .deleteFrom('backup_items')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('backup_set_id', '=', backupSetId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('type', '=', type)
    .execute()
}

/**
 * Stores some items of one type; answers how many of their snapshots are new or mended. An unchanged policy adds no
 * part; a stored part or snapshot that was damaged since becomes again what its hash says, for all sets that hold it.
 */
export async function insertItems(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, type, items }: { backupSetId: BackupSetId; type: BackupItemType; items: readonly CapturedItem[] },
): Promise<{ readonly created: number }> {
  const created = await insertSnapshots(tx, ctx, type, items)
  await sql`
    insert into backup_items (workspace_id, backup_set_id, tenant_id, type, graph_id, name, snapshot_id, problem)
    select ${ctx.workspaceId}, ${backupSetId}, ${ctx.tenantId}, ${type}, item.graph_id, item.name, s.id, item.problem
    from unnest(
      ${items.map((item) => item.graphId)}::text[],
      ${items.map((item) => item.name)}::text[],
      ${items.map((item) => item.snapshot?.hash ?? null)}::bytea[],
      ${items.map((item) => item.problem)}::text[]
    ) as item (graph_id, name, snapshot_hash, problem)
    left join snapshots s
      on s.workspace_id = ${ctx.workspaceId} and s.tenant_id = ${ctx.tenantId} and s.hash = item.snapshot_hash
    on conflict (workspace_id, backup_set_id, type, graph_id)
      do update set name = excluded.name, snapshot_id = excluded.snapshot_id, problem = excluded.problem
  `.execute(tx)
  return { created }
}

async function insertSnapshots(
  tx: Tx,
  ctx: TenantContext,
  type: BackupItemType,
  items: readonly CapturedItem[],
): Promise<number> {
  const captured = items.flatMap(({ graphId, snapshot }) => (snapshot === null ? [] : [{ graphId, snapshot }]))
  if (captured.length === 0) return 0
  await insertParts(
    tx,
    ctx,
    captured.flatMap(({ snapshot }) => partsOf(snapshot)),
  )
  // In the order of the unique key: two captures of one tenant at once wait for each other and cannot deadlock.
  captured.sort((a, b) => a.snapshot.hash.compare(b.snapshot.hash))
  const { numAffectedRows } = await sql`
    insert into snapshots
      (workspace_id, id, tenant_id, type, graph_id, hash, payload_hash, assignments_hash, scope_tags_hash)
    select ${ctx.workspaceId}, s.id, ${ctx.tenantId}, ${type}, s.graph_id, s.hash, s.payload, s.assignments, s.scope_tags
    from unnest(
      ${captured.map(() => newId<SnapshotId>())}::uuid[],
      ${captured.map(({ graphId }) => graphId)}::text[],
      ${captured.map(({ snapshot }) => snapshot.hash)}::bytea[],
      ${captured.map(({ snapshot }) => snapshot.payload.hash)}::bytea[],
      ${captured.map(({ snapshot }) => snapshot.assignments?.hash ?? null)}::bytea[],
      ${captured.map(({ snapshot }) => snapshot.scopeTags.hash)}::bytea[]
    ) as s (id, graph_id, hash, payload, assignments, scope_tags)
    on conflict (workspace_id, tenant_id, hash) do update
      set type = excluded.type, graph_id = excluded.graph_id, payload_hash = excluded.payload_hash,
        assignments_hash = excluded.assignments_hash, scope_tags_hash = excluded.scope_tags_hash
      where (snapshots.type, snapshots.graph_id, snapshots.payload_hash, snapshots.assignments_hash,
          snapshots.scope_tags_hash)
        is distinct from (excluded.type, excluded.graph_id, excluded.payload_hash, excluded.assignments_hash,
          excluded.scope_tags_hash)
  `.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

function partsOf({ payload, assignments, scopeTags }: Snapshot): SnapshotPart[] {
  return assignments === null ? [payload, scopeTags] : [payload, assignments, scopeTags]
}

/** Sends only the texts that the tenant does not have intact. */
async function insertParts(tx: Tx, ctx: TenantContext, parts: readonly SnapshotPart[]): Promise<void> {
  const byHash = new Map(parts.map((part) => [part.hash.toString('hex'), part]))
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from snapshot_parts
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId}
      and hash = any(${[...byHash.values()].map((part) => part.hash)}::bytea[])
      and sha256(convert_to(body, 'UTF8')) = hash
  `.execute(tx)
  for (const { hash } of rows) byHash.delete(hash.toString('hex'))
  if (byHash.size === 0) return
  const missing = [...byHash.values()].toSorted((a, b) => a.hash.compare(b.hash))
  await sql`
    insert into snapshot_parts (workspace_id, tenant_id, hash, body)
    select ${ctx.workspaceId}, ${ctx.tenantId}, part.hash, part.body
    from unnest(${missing.map((part) => part.hash)}::bytea[], ${missing.map((part) => part.body)}::text[])
      as part (hash, body)
    on conflict (workspace_id, tenant_id, hash) do update set body = excluded.body
      where sha256(convert_to(snapshot_parts.body, 'UTF8')) is distinct from snapshot_parts.hash
  `.execute(tx)
}

/** Keeps how complete one type is. */
export async function setTypeCompleteness(
  tx: Tx,
  ctx: TenantContext,
  input: { backupSetId: BackupSetId; type: BackupItemType; completeness: TypeCompleteness },
): Promise<void> {
  await sql`
    update backup_sets set completeness = completeness || ${JSON.stringify({ [input.type]: input.completeness })}::jsonb
    where workspace_id = ${ctx.workspaceId} and id = ${input.backupSetId} and tenant_id = ${ctx.tenantId}
      and state = 'capturing'
  `.execute(tx)
}

/** Ids of all groups that the assignments kept so far refer to; a part damaged since it was kept names none. */
export async function referencedGroupIds(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId }: { readonly backupSetId: BackupSetId },
): Promise<string[]> {
  const { rows } = await sql<{ group_id: string }>`
    select distinct assignment -> 'target' ->> 'groupId' as group_id
    from snapshot_parts p
    -- A case, because a condition beside the cast may be checked after it.
    cross join jsonb_array_elements(
      case when sha256(convert_to(p.body, 'UTF8')) = p.hash then p.body::jsonb else '[]' end
    ) as assignment
    -- By arrays and not by joins: in a first large backup no statistics exist yet, and a join would compare all with all.
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId}
      and p.hash = any (array(
        select distinct s.assignments_hash from snapshots s
        where s.workspace_id = ${ctx.workspaceId} and s.tenant_id = ${ctx.tenantId} and s.assignments_hash is not null
          and s.id = any (array(
            select i.snapshot_id from backup_items i
            where i.workspace_id = ${ctx.workspaceId} and i.backup_set_id = ${backupSetId}
              and i.tenant_id = ${ctx.tenantId} and i.snapshot_id is not null))))
      and assignment -> 'target' ? 'groupId'
    order by 1
  `.execute(tx)
  return rows.map((row) => row.group_id)
}

/** Ends the capture: from here on the set does not change. */
export async function closeSet(
  tx: Tx,
  ctx: TenantContext,
  input: { backupSetId: BackupSetId; state: Exclude<BackupState, 'capturing'>; manifestHash: Buffer | null },
): Promise<void> {
  await sql`
    update backup_sets
    set state = ${input.state}, manifest_hash = ${input.manifestHash}, completed_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and id = ${input.backupSetId} and tenant_id = ${ctx.tenantId}
      and state = 'capturing'
  `.execute(tx)
}
