/**
 * What policies refer to: groups by id; all filters, scope tags and notification templates. Kept with every set, so
 * that it explains itself when the tenant has forgotten them.
 */
import type { CapturedItem } from '#domain/backups/capture.store.ts'
import { summarizeProblems } from '#domain/backups/backup-set.ts'
import type { FoundationType, TypeCompleteness } from '#domain/backups/backup-set.ts'
import { makeSnapshot } from '#domain/backups/snapshot.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphObject, GraphProblem, GraphReader, GroupRead, Listing } from '#graph/client/graph-client.ts'

export interface FoundationCapture {
  readonly items: readonly CapturedItem[]
  readonly completeness: TypeCompleteness
}

/** The groups with these ids. One that the directory no longer knows is kept as exactly that. */
export async function captureGroups(
  ctx: TenantContext,
  {
    reader,
    ids,
    signal,
  }: { readonly reader: GraphReader; readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<FoundationCapture> {
  const groups = ids.length === 0 ? [] : [...(await reader.readGroups(ids, { signal })).values()]
  const items = groups.map((group) => groupItem(ctx, group))
  const problems = groups.flatMap((group) => (group.state === 'unread' ? [group.problem] : []))
  return { items, completeness: completenessOf(items, problems) }
}

function groupItem(ctx: TenantContext, group: GroupRead): CapturedItem {
  const { id } = group
  switch (group.state) {
    case 'found': {
      const { name, kind, membershipRule } = group
      return foundationItem(ctx, 'groups', { id, name, payload: { id, displayName: name, kind, membershipRule } })
    }
    case 'missing':
      return foundationItem(ctx, 'groups', { id, name: id, payload: { id, isDeleted: true } })
    case 'unread':
      return { graphId: id, name: id, snapshot: null, problem: `${group.problem.reason}: ${group.problem.message}` }
  }
}

export async function captureFilters(
  ctx: TenantContext,
  { reader, signal }: { readonly reader: GraphReader; readonly signal: AbortSignal },
): Promise<FoundationCapture> {
  return captureListing(ctx, 'assignmentFilters', await reader.readFilters({ signal }))
}

export async function captureScopeTags(
  ctx: TenantContext,
  { reader, signal }: { readonly reader: GraphReader; readonly signal: AbortSignal },
): Promise<FoundationCapture> {
  return captureListing(ctx, 'scopeTags', await reader.readScopeTags({ signal }))
}

/** Compliance policies send these to users. */
export async function captureNotificationTemplates(
  ctx: TenantContext,
  { reader, signal }: { readonly reader: GraphReader; readonly signal: AbortSignal },
): Promise<FoundationCapture> {
  return captureListing(ctx, 'notificationMessageTemplates', await reader.readNotificationTemplates({ signal }))
}

type ListedFoundation = { readonly id: string; readonly name: string; readonly row: GraphObject }

function captureListing(
  ctx: TenantContext,
  type: FoundationType,
  listing: Listing<ListedFoundation>,
): FoundationCapture {
  if (listing.state === 'failed') {
    const { reason, message, retryAfterMs, code } = listing.problem
    if (reason === 'throttled') throw new Failure(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs })
    const state = code === 'graph_not_applicable' ? 'not_applicable' : 'failed'
    return { items: [], completeness: { ...completenessOf([], [listing.problem]), state } }
  }
  const items = listing.items.map(({ id, name, row }) => foundationItem(ctx, type, { id, name, payload: row }))
  return { items, completeness: completenessOf(items, listing.state === 'partial' ? listing.problems : []) }
}

function foundationItem(
  ctx: TenantContext,
  type: FoundationType,
  { id, name, payload }: { readonly id: string; readonly name: string; readonly payload: GraphObject },
): CapturedItem {
  const owner = { workspaceId: ctx.workspaceId, tenantId: ctx.tenantId, type, graphId: id }
  const label = name.replaceAll('\0', '').toWellFormed() || id
  try {
    const snapshot = makeSnapshot(owner, { payload, assignments: null, scopeTagIds: [] })
    return { graphId: id, name: label, snapshot, problem: null }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return {
      graphId: id,
      name: label,
      snapshot: null,
      problem: `unsupported: it holds text that cannot be kept exactly (${error.message}).`,
    }
  }
}

function completenessOf(items: readonly CapturedItem[], problems: readonly GraphProblem[]): TypeCompleteness {
  const unread = items.filter((item) => item.snapshot === null).length
  return {
    state: unread === 0 && problems.length === 0 ? 'complete' : 'partial',
    captured: items.length - unread,
    unread,
    problems: summarizeProblems(problems),
    neverReturned: [],
  }
}
