import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import { policyPage } from '#domain/inventory/list-policies.store.ts'
import type { PolicyCursor } from '#domain/inventory/list-policies.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { isTextColumn, isTimeColumn, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export const policyStates = ['present', 'assigned', 'unassigned', 'stale', 'unread', 'missing', 'all'] as const

/**
 * `assigned` and `unassigned` are said only of policies whose assignments were read; `stale` are those whose latest read
 * failed; `missing` those that vanished. `present` is everything but the missing.
 */
export type PolicyState = (typeof policyStates)[number]

export const policySorts = ['name', 'modified', 'observed'] as const
export type PolicySort = (typeof policySorts)[number]

export interface PolicyFilter {
  readonly types?: readonly PolicyType[] | undefined
  /** Only names with this text, whatever its case. */
  readonly search?: string | undefined
  /** Only policies of exactly this name, whatever its case. */
  readonly name?: string | undefined
  readonly graphId?: string | undefined
  readonly state?: PolicyState | undefined
  /** Only policies that name this group, as target or exclusion. */
  readonly groupId?: string | undefined
}

export interface ListPoliciesInput extends PolicyFilter {
  /** `name` ascends; `modified` and `observed` begin with the latest. */
  readonly sort?: PolicySort | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export interface PolicySummary extends PolicyRef {
  readonly description: string | null
  readonly scopeTagIds: readonly string[]
  readonly modifiedAt: Date | null
  readonly observedAt: Date
  readonly assignments: AssignmentsFreshness & {
    /** Null when they were never read. */
    readonly count: number | null
  }
}

export interface PolicyPage {
  readonly items: readonly PolicySummary[]
  /** Give it as `cursor` to get the next page; null at the end. */
  readonly nextCursor: string | null
}

/** Policies of a tenant as last observed, page by page. @throws Failure `invalid_input` for a cursor of something else. */
export async function listPolicies(
  db: Database,
  ctx: TenantContext,
  input: ListPoliciesInput = {},
): Promise<PolicyPage> {
  const { sort = 'name', limit = 50, cursor, ...filter } = input
  const after = cursor === undefined ? null : parseCursor(cursor, sort)
  const page = await inWorkspace(db, ctx, (tx) => policyPage(tx, ctx, { filter, sort, after, limit: limit + 1 }))
  const items = page.slice(0, limit)
  const last = page.length > limit ? items.at(-1) : undefined
  return {
    items: items.map(({ policy }) => policy),
    nextCursor: last === undefined ? null : formatCursor(sort, last.cursor),
  }
}

function formatCursor(sort: PolicySort, { key, id }: PolicyCursor): string {
  return writeColumns([sort, key, id])
}

function parseCursor(cursor: string, sort: PolicySort): PolicyCursor {
  const [of, key, id] = readColumns(cursor)
  const isKey = sort === 'name' ? isTextColumn(key) : isTimeColumn(key)
  if (of === sort && isKey && typeof key === 'string' && typeof id === 'string' && isUuid(id)) return { key, id }
  throw new Failure('invalid_input', 'cursor: this is not the cursor of a policy list with this order.')
}
