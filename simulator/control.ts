/** A typed client of the simulator's control API, for tests, benchmarks and demonstrations. */
import type { AppView, ObjectView, TenantView, WholeObjectView } from './control/views.ts'
import type { PortalChangeInput } from './control/requests.ts'
import type { FaultPlanInput } from './faults/fault-plan.ts'
import type { TenantSpec } from './options.ts'
import type { AppRequest } from './state/app-registration.ts'
import type { JournalEntry } from './state/journal.ts'
import type { LoadReport } from './exports/load-report.ts'
import type { SettingsPatch } from './state/settings.ts'
import type { GraphObject, SimGroup, SimPerson } from './world.ts'

export type { AppView, JournalEntry, ObjectView, TenantView, WholeObjectView }

export interface JournalQuery {
  /** Entries with a higher `seq`. */
  readonly after?: number
  readonly limit?: number
  /** Tenant id. */
  readonly tenant?: string
}

/** Every call rejects with the simulator's own sentence when it refuses. Tenants are named by id, domain or name. */
export interface SimulatorControl {
  tenants(): Promise<TenantView[]>
  addTenant(spec: TenantSpec): Promise<TenantView & { readonly report?: LoadReport }>
  /** Registers an app, or replaces the one of that name. */
  registerApp(tenant: string, app: AppRequest): Promise<AppView>
  removeApp(tenant: string, named: string): Promise<void>
  /** One page of the journal; `last` is where to go on. */
  journal(query?: JournalQuery): Promise<{ entries: JournalEntry[]; last: number }>
  setFaults(plan: FaultPlanInput): Promise<void>
  /** The plan with how often each fault matched and hit. */
  faults(): Promise<readonly { readonly id: string; readonly matches: number; readonly hits: number }[]>
  clearFaults(): Promise<void>
  /** Changes a tenant as in the portal, behind the back of whoever uses Graph. */
  change(tenant: string, changes: readonly PortalChangeInput[]): Promise<void>
  /** The truth: all objects with their assignments. */
  objects(tenant: string): Promise<ObjectView[]>
  /** The truth: the objects of one collection, whole. */
  objectsOf(tenant: string, collection: string): Promise<WholeObjectView[]>
  groups(tenant: string): Promise<SimGroup[]>
  filters(tenant: string): Promise<GraphObject[]>
  scopeTags(tenant: string): Promise<GraphObject[]>
  /** Who can sign in, with object ids. */
  people(tenant: string): Promise<SimPerson[]>
  changeSettings(patch: SettingsPatch): Promise<void>
  approvals(tenant: string): Promise<GraphObject[]>
  decideApproval(tenant: string, code: string, decision: 'approve' | 'reject'): Promise<void>
}

function textsOf(query: JournalQuery): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
}

/** Makes a client for the simulator at `url`, e.g. `http://127.0.0.1:4781`. */
export function createControl(url: string): SimulatorControl {
  const request = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${url}/_sim/${path}`, { method, ...json })
    const answer = (await response.json()) as T & { error?: string }
    if (!response.ok) throw new Error(answer.error ?? `The simulator answered ${response.status}.`)
    return answer
  }
  const of = (tenant: string, rest: string): string => `tenants/${encodeURIComponent(tenant)}/${rest}`

  return {
    tenants: () => request('GET', 'tenants'),
    addTenant: (spec) => request('POST', 'tenants', spec),
    registerApp: (tenant, app) => request('POST', of(tenant, 'apps'), app),
    removeApp: (tenant, named) => request('DELETE', of(tenant, `apps/${encodeURIComponent(named)}`)),
    journal: (query = {}) => request('GET', `journal?${new URLSearchParams(textsOf(query)).toString()}`),
    setFaults: (plan) => request('PUT', 'faults', plan),
    faults: async () => (await request<{ faults: [] }>('GET', 'faults')).faults,
    clearFaults: () => request('DELETE', 'faults'),
    change: (tenant, changes) => request('POST', of(tenant, 'changes'), { changes }),
    objects: (tenant) => request('GET', of(tenant, 'objects')),
    objectsOf: (tenant, collection) =>
      request('GET', of(tenant, `objects?collection=${encodeURIComponent(collection)}`)),
    groups: (tenant) => request('GET', of(tenant, 'groups')),
    filters: (tenant) => request('GET', of(tenant, 'filters')),
    scopeTags: (tenant) => request('GET', of(tenant, 'scopeTags')),
    people: (tenant) => request('GET', of(tenant, 'people')),
    changeSettings: (patch) => request('PATCH', 'settings', patch),
    approvals: (tenant) => request('GET', of(tenant, 'approvals')),
    decideApproval: (tenant, code, decision) => request('POST', of(tenant, `approvals/${code}`), { decision }),
  }
}
