import { sql } from 'kysely'
import type { Onboarding } from '#domain/onboarding/onboarding.ts'
import type { Skippable } from '#domain/onboarding/onboarding-steps.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'
import type { ListPlace } from '#foundation/kernel/list-cursor.ts'

/** Begins one for the tenant, unless one is open; whether it is new. */
export async function insertOnboarding(
  tx: Tx,
  ctx: TenantContext,
): Promise<{ readonly id: OnboardingId; readonly isNew: boolean }> {
  const id = newId<OnboardingId>()
  const inserted = await tx
    .insertInto('onboardings')
    .values({ workspace_id: ctx.workspaceId, id, tenant_id: ctx.tenantId, begun_by: ctx.actor.name })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'tenant_id']).where('ended_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return { id, isNew: true }
  const open = await tx
    .selectFrom('onboardings')
    .select('id')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { id: asId(open.id), isNew: false }
}

export async function onboardingById(tx: Tx, ctx: WorkspaceContext, id: OnboardingId): Promise<Onboarding | undefined> {
  const row = await rows(tx, ctx).where('onboarding.id', '=', id).executeTakeFirst()
  return row && onboardingOf(row)
}

/** Locks its row until the transaction ends. */
export async function lockOnboarding(tx: Tx, ctx: WorkspaceContext, id: OnboardingId): Promise<void> {
  await tx
    .selectFrom('onboardings')
    .select('id')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** The open ones of tenants that are not archived, the newest first. */
export async function openOnboardings(
  tx: Tx,
  ctx: WorkspaceContext,
  { before, limit }: { readonly before: ListPlace | null; readonly limit: number },
): Promise<(Onboarding & { readonly place: ListPlace })[]> {
  const found = await rows(tx, ctx)
    .select(sql<string>`onboarding.begun_at::text`.as('place'))
    .where('onboarding.ended_at', 'is', null)
    .where('tenant.archived_at', 'is', null)
    .$if(before !== null, (q) =>
      q.where(
        sql<boolean>`(onboarding.begun_at, onboarding.id) < (${before?.createdAt}::timestamptz, ${before?.id}::uuid)`,
      ),
    )
    .orderBy('onboarding.begun_at', 'desc')
    .orderBy('onboarding.id', 'desc')
    .limit(limit)
    .execute()
  return found.map((row) => ({ ...onboardingOf(row), place: { createdAt: row.place, id: row.id } }))
}

export async function addSkipped(tx: Tx, ctx: WorkspaceContext, id: OnboardingId, step: Skippable): Promise<void> {
  await tx
    .updateTable('onboardings')
    .set({ skipped: sql<string[]>`array_append(skipped, ${step})` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', id)
    .execute()
}

export async function setEnded(
  tx: Tx,
  ctx: WorkspaceContext,
  id: OnboardingId,
  ending: 'finished' | 'cancelled',
): Promise<void> {
  await tx
    .updateTable('onboardings')
    .set({ ended_at: sql<Date>`clock_timestamp()`, ending })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', id)
    .execute()
}

function rows(tx: Tx, { workspaceId }: WorkspaceContext) {
  return tx
    .selectFrom('onboardings as onboarding')
    .innerJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'onboarding.workspace_id').onRef('tenant.id', '=', 'onboarding.tenant_id'),
    )
    .where('onboarding.workspace_id', '=', workspaceId)
    .select([
      'onboarding.workspace_id',
      'onboarding.id',
      'onboarding.tenant_id',
      'tenant.external_id',
      'tenant.name',
      'onboarding.skipped',
    ])
    .select(['onboarding.begun_by', 'onboarding.begun_at', 'onboarding.ended_at', 'onboarding.ending'])
}

interface Row {
  readonly id: string
  readonly workspace_id: string
  readonly tenant_id: string
  readonly external_id: string
  readonly name: string
  readonly skipped: string[]
  readonly begun_by: string
  readonly begun_at: Date
  readonly ended_at: Date | null
  readonly ending: string | null
}

function onboardingOf(row: Row): Onboarding {
  return {
    id: asId(row.id),
    tenant: {
      workspaceId: asId(row.workspace_id),
      id: asId(row.tenant_id),
      ref: asId(row.external_id),
      name: row.name,
    },
    // The columns' check constraints name these.
    skipped: row.skipped as Skippable[],
    begunBy: row.begun_by,
    begunAt: row.begun_at,
    ended: row.ended_at && { at: row.ended_at, how: row.ending as 'finished' | 'cancelled' },
  }
}
