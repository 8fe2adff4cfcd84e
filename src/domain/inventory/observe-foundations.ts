/** Groups, assignment filters and scope tags: what assignments refer to, each answer stored, each failure a problem. */
import {
  markMissingFilters,
  markMissingScopeTags,
  referencedGroupIds,
  storeFilters,
  storeGroups,
  storeScopeTags,
} from '#domain/inventory/foundations.store.ts'
import type { ReferenceScope } from '#domain/inventory/reference-scope.ts'
import { fenced } from '#domain/inventory/fenced.ts'
import type { ObserveDeps } from '#domain/inventory/observe-type.ts'
import type { Problem } from '#domain/inventory/observed-policy.ts'
import { databaseTime } from '#domain/inventory/policies.store.ts'
import type { RunItem } from '#domain/operations/operation.ts'
import { refuseWhatStopsEverything } from '#domain/inventory/type-problems.ts'
import type { Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { Listing } from '#graph/client/graph-client.ts'

export const foundations = {
  assignmentFilters: { label: 'Assignment filters', observe: observeFilters },
  scopeTags: { label: 'Scope tags', observe: observeScopeTags },
  // Last: the groups are those that the assignments just stored name.
  groups: { label: 'Groups', observe: observeGroups },
} as const satisfies Record<string, FoundationEntry>

export type Foundation = keyof typeof foundations

export const foundationKeys = ['assignmentFilters', 'scopeTags', 'groups'] as const satisfies readonly Foundation[]

interface FoundationEntry {
  readonly label: string
  /** Null when all of it was read, else why not. */
  readonly observe: (ctx: TenantContext, deps: FoundationDeps) => Promise<Problem | null>
}

interface FoundationDeps extends ObserveDeps {
  /** Whose references are resolved. */
  readonly scope: ReferenceScope
}

/** For items that stand for no policy: people count policies. */
export const noCounts = { total: 0, processed: 0, succeeded: 0, failed: 0, skipped: 0 }

/** Reads and stores one kind of foundation; it counts only when it fails. */
export async function observeFoundation(ctx: TenantContext, key: Foundation, deps: FoundationDeps): Promise<RunItem> {
  const { label, observe } = foundations[key]
  const problem = await observe(ctx, deps)
  if (problem === null) return { key, label, outcome: 'succeeded', counts: noCounts }
  const { reason, message } = problem
  return { key, label, outcome: 'failed', failure: { code: 'inventory.foundation_failed', reason, message } }
}

const groupsAtOnce = 1_000

/** Resolves each group that assignments in scope name, once. */
async function observeGroups(ctx: TenantContext, deps: FoundationDeps): Promise<Problem | null> {
  const ids = await inWorkspace(deps.db, ctx, (tx) => referencedGroupIds(tx, ctx, deps.scope))
  let problem: Problem | null = null
  for (let start = 0; start < ids.length; start += groupsAtOnce) {
    const reads = await deps.reader.readGroups(ids.slice(start, start + groupsAtOnce), { signal: deps.run.signal })
    await fenced(ctx, deps, (tx) => storeGroups(tx, ctx, [...reads.values()]))
    for (const read of reads.values()) {
      if (read.state === 'unread') refuseWhatStopsEverything(read.problem)
      if (read.state === 'unread') problem ??= read.problem
    }
  }
  return problem
}

async function observeFilters(ctx: TenantContext, deps: ObserveDeps): Promise<Problem | null> {
  return observeList(ctx, deps, {
    read: () => deps.reader.readFilters({ signal: deps.run.signal }),
    store: (tx, filters) => storeFilters(tx, ctx, onceEach(filters.filter(({ id }) => isUuid(id)))),
    markMissing: (tx, since) => markMissingFilters(tx, ctx, since),
  })
}

async function observeScopeTags(ctx: TenantContext, deps: ObserveDeps): Promise<Problem | null> {
  return observeList(ctx, deps, {
    read: () => deps.reader.readScopeTags({ signal: deps.run.signal }),
    store: (tx, tags) => storeScopeTags(tx, ctx, onceEach(tags)),
    markMissing: (tx, since) => markMissingScopeTags(tx, ctx, since),
  })
}

interface List<T> {
  readonly read: () => Promise<Listing<T>>
  readonly store: (tx: Tx, items: readonly T[]) => Promise<void>
  readonly markMissing: (tx: Tx, since: string) => Promise<void>
}

async function observeList<T>(ctx: TenantContext, deps: ObserveDeps, list: List<T>): Promise<Problem | null> {
  const since = await inWorkspace(deps.db, ctx, databaseTime)
  const listing = await list.read()
  if (listing.state === 'failed') {
    refuseWhatStopsEverything(listing.problem)
    return listing.problem
  }
  await fenced(ctx, deps, async (tx) => {
    await list.store(tx, listing.items)
    if (listing.state === 'complete') await list.markMissing(tx, since)
  })
  return listing.state === 'complete' ? null : (listing.problems[0] ?? partlyRead)
}

const partlyRead: Problem = { reason: 'incomplete_read', message: 'Part of the list could not be read.' }

function onceEach<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id.toLowerCase(), item])).values()]
}
