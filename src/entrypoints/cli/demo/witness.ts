/**
 * What really happened, from the simulated cloud's side: its truth and its journal. Compares on its own terms and
 * shares no code with the product it checks.
 */
import type { JournalEntry, ObjectView, SimulatorControl } from '../../../../simulator/control.ts'

/** Assignments per policy, as one comparable text each. */
export type Truth = ReadonlyMap<string, { readonly name: string; readonly assignments: string }>

export interface Traffic {
  /** HTTP requests to Graph; a batch is one. */
  readonly requests: number
  /** Requests that asked for a change. */
  readonly writes: number
  readonly tokens: number
  /** Policies whose assignments a program changed, one entry per change. */
  readonly changedPolicies: readonly string[]
}

export interface Witness {
  /** All policies with their assignments, as they are now. */
  truth(): Promise<Truth>
  /** What reached the cloud since the last call. */
  trafficSince(): Promise<Traffic>
}

export function createWitness(control: SimulatorControl, tenantId: string): Witness {
  let last = 0
  return {
    async truth() {
      return truthOf(await control.objects(tenantId))
    },
    async trafficSince() {
      const entries: JournalEntry[] = []
      for (;;) {
        const page = await control.journal({ after: last, tenant: tenantId, limit: 5_000 })
        entries.push(...page.entries)
        if (page.last === last) return trafficOf(entries)
        last = page.last
      }
    },
  }
}

export function policyKey({ collection, id }: { readonly collection: string; readonly id: string }): string {
  return `${collection}/${id}`
}

/** Keys of policies that are assigned differently in the two, in the order of the first. */
export function differingPolicies(one: Truth, other: Truth): readonly string[] {
  const keys = new Set([...one.keys(), ...other.keys()])
  return [...keys].filter((key) => one.get(key)?.assignments !== other.get(key)?.assignments)
}

function truthOf(objects: readonly ObjectView[]): Truth {
  return new Map(
    objects.map((object) => [
      policyKey(object),
      { name: object.name, assignments: comparableText(object.assignments) },
    ]),
  )
}

function comparableText(assignments: ObjectView['assignments']): string {
  return assignments
    .map((assignment) => JSON.stringify(sorted(withoutNoise(assignment))))
    .toSorted()
    .join('\n')
}

const noFilter = new Set<unknown>([null, undefined, '', '00000000-0000-0000-0000-000000000000'])

/** What a client may leave out or spell differently without targeting anybody else. */
function withoutNoise({ target, source, sourceId, ...rest }: ObjectView['assignments'][number]): unknown {
  const {
    deviceAndAppManagementAssignmentFilterId: id,
    deviceAndAppManagementAssignmentFilterType: mode,
    ...to
  } = target
  const { '@odata.type': _type, runRemediationScript: _flag, ...own } = rest
  const filter = noFilter.has(id) ? {} : { filter: id, mode }
  return { ...own, to, ...filter, ...(source === 'policySets' ? { source, sourceId } : {}) }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  return Object.fromEntries(
    members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  )
}

function trafficOf(entries: readonly JournalEntry[]): Traffic {
  const requests = entries.filter(({ kind, batchId }) => kind === 'request' && batchId === undefined)
  const changes = entries.flatMap(({ change }) => (change?.source === 'graph' ? [change] : []))
  return {
    requests: requests.length,
    writes: requests.filter(isWrite).length,
    tokens: entries.filter(({ kind }) => kind === 'token').length,
    changedPolicies: changes.filter(({ action }) => action === 'setAssignments').map(policyKey),
  }
}

/** `$batch` and `getByIds` are sent by POST and change nothing; the parts of a batch are judged by themselves. */
function isWrite({ method = 'GET', path = '' }: JournalEntry): boolean {
  return method !== 'GET' && !/\/(\$batch|directoryObjects\/getByIds)$/.test(path)
}
