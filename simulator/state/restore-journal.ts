/**
 * A simulator that is started with the journal of an earlier one goes on where that one ended: the same tenants are
 * made again and every journaled change is applied to them. It refuses a journal of other tenants. Settings, faults and
 * pending approvals are not part of the world and start afresh.
 */
import type { TenantSpec } from '../options.ts'
import type { SimTenant } from '../world.ts'
import type { AppRequest } from './app-registration.ts'
import { consentTo, findRegistration, registerApp } from './app-registration.ts'
import { applyChange, changeToReplay } from './change.ts'
import type { JournalEntry } from './journal.ts'

/** What the control API, or an administrator who consents, did that belongs to the world. */
export type ControlAct =
  | { readonly act: 'addTenant'; readonly spec: TenantSpec }
  | { readonly act: 'registerApp'; readonly request: AppRequest }
  | { readonly act: 'removeApp'; readonly clientId: string }
  | { readonly act: 'consent'; readonly clientId: string }

/** The entries that make the world; the requests around them may be many. */
export function worldEntries(entries: IteratorObject<JournalEntry>): readonly JournalEntry[] {
  return entries.filter(({ kind }) => kind === 'start' || kind === 'change' || kind === 'control').toArray()
}

/** The tenants an earlier simulator began with; undefined when the journal is new. */
function startedWith(entries: readonly JournalEntry[]): readonly TenantSpec[] | undefined {
  return entries.find(({ kind }) => kind === 'start')?.detail?.['tenants'] as readonly TenantSpec[] | undefined
}

/** @throws Error with one sentence when the journal belongs to other tenants */
export function refuseForeignJournal(
  path: string,
  entries: readonly JournalEntry[],
  wanted: readonly TenantSpec[],
): void {
  if (entries.length === 0) return
  const before = startedWith(entries)
  if (before && JSON.stringify(before) === JSON.stringify(wanted)) return
  throw new Error(
    `${path} is the journal of a simulator with other tenants; start it with the same --seed, --tenants, --policies and --load, or name a new file.`,
  )
}

/** Applies what was journaled; `addTenant` makes the tenants that the control API had added. */
export async function replay(
  entries: readonly JournalEntry[],
  tenants: ReadonlyMap<string, SimTenant>,
  addTenant: (spec: TenantSpec) => Promise<unknown>,
): Promise<void> {
  for (const { kind, tenant: tenantId, change, detail } of entries) {
    const tenant = tenants.get(tenantId ?? '')
    if (kind === 'change' && tenant && change) applyChange(tenant, changeToReplay(change))
    if (kind === 'control' && detail) await redo(detail as unknown as ControlAct, { tenant, tenants, addTenant })
  }
}

interface Redoing {
  readonly tenant: SimTenant | undefined
  readonly tenants: ReadonlyMap<string, SimTenant>
  readonly addTenant: (spec: TenantSpec) => Promise<unknown>
}

async function redo(act: ControlAct, { tenant, tenants, addTenant }: Redoing): Promise<void> {
  switch (act.act) {
    case 'addTenant':
      await addTenant(act.spec)
      return
    case 'registerApp':
      if (tenant) registerApp(tenant, act.request)
      return
    case 'removeApp':
      tenant?.apps.delete(act.clientId)
      return
    case 'consent': {
      const app = findRegistration(tenants, act.clientId)
      if (tenant && app) consentTo(tenant, app)
    }
  }
}
