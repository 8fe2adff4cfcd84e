/** Groups and filters as they are now: looked up once per plan, with the names last observed for what is gone. */
import { filterIdsOf, groupIdsOf } from '#domain/assignments/referenced-ids.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { KnownName, Names } from '#domain/assignments/names.ts'
import type { Directory } from '#domain/restore/plan-item.ts'
import type { FilterRow, GraphReader, GroupRead, Listing } from '#graph/client/graph-client.ts'

export class LiveDirectory implements Directory {
  readonly #reader: GraphReader
  readonly #observed: Names
  readonly #groups = new Map<string, GroupRead>()
  #filters: Listing<FilterRow> | undefined

  constructor(reader: GraphReader, observed: Names) {
    this.#reader = reader
    this.#observed = observed
  }

  /** Looks up what these assignments refer to, and only what was not looked up yet. */
  async learn(assignments: readonly Assignment[], signal: AbortSignal): Promise<void> {
    const ids = groupIdsOf(assignments).filter((id) => !this.#groups.has(id))
    if (ids.length > 0)
      for (const [id, group] of await this.#reader.readGroups(ids, { signal })) this.#groups.set(id, group)
    if (filterIdsOf(assignments).length > 0) this.#filters ??= await this.#reader.readFilters({ signal })
  }

  groupState(id: string): 'found' | 'missing' | 'unread' {
    return this.#groups.get(id)?.state ?? 'unread'
  }

  filterState(id: string): 'found' | 'missing' | 'unread' {
    const filters = this.#filters
    if (filters === undefined || filters.state === 'failed') return 'unread'
    if (filters.items.some((filter) => sameId(filter.id, id))) return 'found'
    return filters.state === 'complete' ? 'missing' : 'unread'
  }

  group(id: string): KnownName | undefined {
    const group = this.#groups.get(id)
    if (group?.state === 'found') return { name: group.name, isDeleted: false }
    const observed = this.#observed.group(id)
    return group?.state === 'missing' ? { name: observed?.name ?? null, isDeleted: true } : observed
  }

  filter(id: string): KnownName | undefined {
    const listed = this.#filters?.state === 'failed' ? [] : (this.#filters?.items ?? [])
    const live = listed.find((filter) => sameId(filter.id, id))
    if (live) return { name: live.name, isDeleted: false }
    const observed = this.#observed.filter(id)
    return this.filterState(id) === 'missing' ? { name: observed?.name ?? null, isDeleted: true } : observed
  }

  scopeTag(id: string): KnownName | undefined {
    return this.#observed.scopeTag(id)
  }
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
