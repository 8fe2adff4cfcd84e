import { showConnection } from '#domain/connections/show-connection.ts'
import { permissionNeeds } from '#domain/connections/permission-needs.ts'
import { verificationReport, type VerificationReport } from '#domain/connections/verification-report.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { contracts } from '#graph/contracts/registry.ts'

// More than one for each permission there is.
const mostItems = 500

/** What the newest verification of a tenant found, or has found so far; null when there was none. */
export async function showVerification(db: Database, ctx: TenantContext): Promise<VerificationReport | null> {
  const { items: runs } = await listRuns(db, ctx, {
    tenantId: ctx.tenantId,
    types: ['connection.verify'],
    since: new Date(0),
    limit: 1,
  })
  const [run] = runs
  if (run === undefined) return null
  const [{ items }, connection] = await Promise.all([
    listRunItems(db, ctx, run.id, { limit: mostItems }),
    showConnection(db, ctx),
  ])
  const isCurrent = connection !== null && run.createdAt >= connection.changedAt
  return { ...verificationReport(run, items, permissionNeeds(contracts)), isCurrent }
}
