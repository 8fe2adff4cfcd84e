import type { AuditEntry } from '#domain/audit/record-audit.ts'
import type { Schedule } from '#domain/schedules/schedule.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'

/** What the audit log keeps of a schedule that was made, changed or removed. */
export function describeSchedule(
  before: Schedule | null,
  after: Schedule | null,
): Pick<AuditEntry, 'beforeHash' | 'afterHash' | 'detail'> {
  return {
    ...(before && { beforeHash: sha256(definitionOf(before)) }),
    ...(after && { afterHash: sha256(definitionOf(after)) }),
    detail: { ...(before && { before: definitionOf(before) }), ...(after && { after: definitionOf(after) }) },
  }
}

function definitionOf(schedule: Schedule) {
  const { name, type, tenant, cron, timeZone, catchUp, jitterSeconds, pausedAt } = schedule
  return {
    name,
    type,
    tenantId: tenant?.ref ?? null,
    cron,
    timeZone,
    catchUp,
    jitterSeconds,
    paused: pausedAt !== null,
  }
}
