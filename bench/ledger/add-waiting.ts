import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Ledger } from './ledger-stage.ts'

/** So many runs of a tenant that wait to be claimed, as starts would have made them. */
export async function addWaiting({ owner }: Ledger, tenant: TenantContext, runs: number): Promise<void> {
  const { workspaceId, tenantId, actor } = tenant
  await owner.pool.query(
    `with run as (
      insert into operation_runs (workspace_id, id, tenant_id, type, identity, input, initiator_name, trigger)
      select $1::uuid, uuidv7(), $2::uuid, 'backup.verify', sha256(uuidv7()::text::bytea),
        jsonb_build_object('backupSetId', uuidv7()), $3, 'user'
      from generate_series(1, $4::int)
      returning workspace_id, id, type, tenant_id, created_at
    )
    insert into live_runs (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
    select workspace_id, id, type, tenant_id, 0, created_at, 3, interval '1 hour' from run`,
    [workspaceId, tenantId, actor.name, runs],
  )
}
