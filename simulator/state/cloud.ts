/** Everything one simulator holds, made in one place; each part is used through its own narrow interface. */
import type { FaultEngine } from '../faults/fault-engine.ts'
import { createFaultEngine } from '../faults/fault-engine.ts'
import type { SimApp, SimObject, SimTenant } from '../world.ts'
import type { Approvals } from './approvals.ts'
import { createApprovals } from './approvals.ts'
import type { AuditedAct, AuditLog } from './audit-log.ts'
import { createAuditLog } from './audit-log.ts'
import type { Change } from './change.ts'
import { applyChange } from './change.ts'
import type { Clock } from './clock.ts'
import type { Journal, NewEntry } from './journal.ts'
import type { Settings } from './settings.ts'
import { defaultSettings } from './settings.ts'
import type { StaleReads } from './stale-reads.ts'
import { createStaleReads } from './stale-reads.ts'
import type { Throttle } from './throttle.ts'
import { createThrottle } from './throttle.ts'

export interface Cloud {
  readonly tenants: Map<string, SimTenant>
  readonly settings: Settings
  readonly clock: Clock
  readonly journal: Journal
  readonly throttle: Throttle
  readonly faults: FaultEngine
  readonly approvals: Approvals
  readonly audit: AuditLog
  readonly staleReads: StaleReads
}

export function createCloud({ clock, journal }: Pick<Cloud, 'clock' | 'journal'>): Cloud {
  return {
    tenants: new Map(),
    settings: defaultSettings(),
    clock,
    journal,
    throttle: createThrottle(),
    faults: createFaultEngine(),
    approvals: createApprovals(),
    audit: createAuditLog(),
    staleReads: createStaleReads(),
  }
}

/** A tenant by id, domain or name. */
export function findTenant(cloud: Cloud, named: string): SimTenant | undefined {
  const byId = cloud.tenants.get(named.toLowerCase())
  if (byId) return byId
  return cloud.tenants.values().find(({ domain, name }) => domain === named.toLowerCase() || name === named)
}

export function findApp(tenant: SimTenant, named: string): SimApp | undefined {
  return tenant.apps.get(named.toLowerCase()) ?? tenant.apps.values().find(({ name }) => name === named)
}

/** Who changes something, and as part of what request. */
export interface ChangeOrigin {
  readonly tenant: SimTenant
  readonly actor: AuditedAct['actor']
  readonly source: 'graph' | 'portal'
  readonly requestId: string
  readonly activity: Pick<AuditedAct, 'operation' | 'type' | 'component' | 'resource'>
  readonly entry: Pick<NewEntry, 'app' | 'method' | 'path' | 'clientRequestId' | 'batchId'>
  /** Reads of a changed object that show the old state. */
  readonly staleReads?: number
}

/** Applies changes, journals each with before and after, and audits them; the journal is flushed when it returns. */
export function commitChanges(cloud: Cloud, changes: readonly Change[], origin: ChangeOrigin): void {
  for (const change of changes) commitChange(cloud, change, origin)
  cloud.journal.flush()
}

function commitChange(cloud: Cloud, change: Change, origin: ChangeOrigin): void {
  const { tenant, source, requestId } = origin
  const shown = objectOf(tenant, change)
  const before = shown && { ...shown }
  const applied = applyChange(tenant, change)
  if (!applied) return
  if (shown && before) hideForAWhile(cloud, shown, before, origin)
  const entry = { ...origin.entry, kind: 'change' as const, tenant: tenant.id, requestId }
  cloud.journal.append({ ...entry, change: { ...applied, source } })
  const modified = [{ name: modifiedName(change), before: applied.before, after: applied.after }]
  const at = cloud.clock.now()
  cloud.audit.record({ tenant, at, correlationId: requestId, actor: origin.actor, ...origin.activity, modified })
}

function objectOf(tenant: SimTenant, change: Change): SimObject | undefined {
  return 'id' in change && 'collection' in change
    ? tenant.collections.get(change.collection)?.get(change.id)
    : undefined
}

function modifiedName({ action }: Change): string {
  return action === 'setAssignments' ? 'Assignments' : 'Object'
}

function hideForAWhile(cloud: Cloud, object: SimObject, before: SimObject, { staleReads }: ChangeOrigin): void {
  const { consistencyDelayMs } = cloud.settings
  if (staleReads !== undefined) cloud.staleReads.hide(object, before, { reads: staleReads })
  else if (consistencyDelayMs > 0) cloud.staleReads.hide(object, before, { at: cloud.clock.now() + consistencyDelayMs })
}
