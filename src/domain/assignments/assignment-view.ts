/** Assignments as people see them: with the names, kinds and rules of what they refer to. */
import { sql } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { describeAssignment } from '#domain/assignments/describe-assignment.ts'
import type { Names } from '#domain/assignments/names.ts'
import { filterIdsOf, groupIdsOf } from '#domain/assignments/referenced-ids.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

export interface GroupView {
  readonly id: string
  /** Null when the directory never told. */
  readonly name: string | null
  readonly kind: 'assigned' | 'dynamic' | null
  readonly membershipRule: string | null
  /** The directory said that it does not have the group (any more). */
  readonly isOrphaned: boolean
}

export interface FilterView {
  readonly id: string
  readonly name: string | null
  readonly mode: 'include' | 'exclude'
  readonly rule: string | null
  readonly platform: string | null
  readonly isOrphaned: boolean
}

export interface AssignmentView {
  /** In words, with names. */
  readonly words: string
  readonly assignment: Assignment
  /** Null for targets that are not groups. */
  readonly group: GroupView | null
  readonly filter: FilterView | null
}

/** What is known of the groups and filters of some assignments. */
export interface References {
  readonly groups: ReadonlyMap<string, GroupView>
  readonly filters: ReadonlyMap<string, Omit<FilterView, 'mode'>>
}

export function viewAssignment(assignment: Assignment, references: References): AssignmentView {
  const { target, filter } = assignment
  const groupId = 'groupId' in target ? target.groupId : null
  return {
    words: describeAssignment(assignment, namesFrom(references)),
    assignment,
    group: groupId === null ? null : (references.groups.get(groupId) ?? unknownGroup(groupId)),
    filter:
      filter === null
        ? null
        : { ...(references.filters.get(filter.id) ?? unknownFilter(filter.id)), mode: filter.mode },
  }
}

export async function readReferences(
  tx: Tx,
  ctx: TenantContext,
  assignments: readonly Assignment[],
): Promise<References> {
  return {
    groups: await readGroups(tx, ctx, groupIdsOf(assignments)),
    filters: await readFilters(tx, ctx, filterIdsOf(assignments)),
  }
}

export function namesFrom({ groups, filters }: References): Names {
  return {
    group: (id) => knownName(groups.get(id)),
    filter: (id) => knownName(filters.get(id)),
    scopeTag: () => undefined,
  }
}

function knownName(view: { readonly name: string | null; readonly isOrphaned: boolean } | undefined) {
  return view === undefined ? undefined : { name: view.name, isDeleted: view.isOrphaned }
}

async function readGroups(tx: Tx, ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, GroupView>> {
  const rows = await tx
    .selectFrom('directory_groups')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where(sql<boolean>`group_id = any (${ids}::uuid[])`)
    .select(['group_id', 'name', 'kind', 'membership_rule', 'missing_since'])
    .execute()
  return new Map(
    rows.map((row) => [
      row.group_id,
      {
        id: row.group_id,
        name: row.name,
        kind: row.kind === 'assigned' || row.kind === 'dynamic' ? row.kind : null,
        membershipRule: row.membership_rule,
        isOrphaned: row.missing_since !== null,
      },
    ]),
  )
}

async function readFilters(tx: Tx, ctx: TenantContext, ids: readonly string[]): Promise<References['filters']> {
  const rows = await tx
    .selectFrom('assignment_filters')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where(sql<boolean>`filter_id = any (${ids}::uuid[])`)
    .select(['filter_id', 'name', 'rule', 'platform', 'missing_since'])
    .execute()
  return new Map(
    rows.map((row) => [
      row.filter_id,
      {
        id: row.filter_id,
        name: row.name,
        rule: row.rule,
        platform: row.platform,
        isOrphaned: row.missing_since !== null,
      },
    ]),
  )
}

/** Not resolved yet: neither named nor called deleted. */
function unknownGroup(id: string): GroupView {
  return { id, name: null, kind: null, membershipRule: null, isOrphaned: false }
}

function unknownFilter(id: string): Omit<FilterView, 'mode'> {
  return { id, name: null, rule: null, platform: null, isOrphaned: false }
}
