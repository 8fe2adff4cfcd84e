/** The part of Entra that Intune clients use: groups, member counts, `getByIds`, the organization. */
import { groupMemberRead } from '../catalogue/permissions.ts'
import type { GraphObject, SimGroup, SimTenant } from '../world.ts'
import type { GraphCall, Outcome } from './call.ts'
import { answer, bodyObject } from './call.ts'
import { compileFilter } from './filter.ts'
import { badRequest, directoryObjectNotFound, GraphError } from './graph-error.ts'
import { collectionText, contextOf, pageOf } from './paging.ts'
import { jsonReply, jsonTextReply, textReply } from './reply.ts'

const maxGroupsInPage = 999
const groupsByDefault = 100

function shapeGroup(group: SimGroup): GraphObject {
  const isDynamic = group.membershipRule !== null
  return {
    id: group.id,
    deletedDateTime: null,
    classification: null,
    createdDateTime: group.createdDateTime,
    description: group.description,
    displayName: group.displayName,
    groupTypes: isDynamic ? ['DynamicMembership'] : [],
    mail: null,
    mailEnabled: false,
    mailNickname: group.displayName.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase() || 'group',
    membershipRule: group.membershipRule,
    membershipRuleProcessingState: isDynamic ? 'On' : null,
    securityEnabled: true,
    visibility: null,
  }
}

function selected(group: GraphObject, select: readonly string[] | undefined): GraphObject {
  if (!select) return group
  return Object.fromEntries(Object.entries(group).filter(([name]) => select.includes(name)))
}

export function listGroups(call: GraphCall): Outcome {
  const rows = matchingGroups(call)
  const { rows: page, nextLink } = pageOf(call, rows, call.query.top === undefined ? groupsByDefault : maxGroupsInPage)
  const texts = page.map(({ group }) => JSON.stringify(selected(group, call.query.select)))
  const count = call.query.count && isEventual(call) ? rows.length : undefined
  return answer(
    jsonTextReply(200, collectionText({ context: contextOf(call), rows: texts, nextLink, count }), unitHeader(call)),
  )
}

export function countGroups(call: GraphCall): Outcome {
  requireEventual(call)
  return answer(textReply(200, String(matchingGroups(call).length)))
}

function matchingGroups(call: GraphCall): readonly { id: string; group: GraphObject }[] {
  const accepts = call.query.filter === undefined ? undefined : compileFilter(call.query.filter)
  const groups = Array.from(call.tenant.groups.values(), (group) => ({ id: group.id, group: shapeGroup(group) }))
  return accepts ? groups.filter(({ group }) => accepts(group)) : groups
}

export function getGroup(call: GraphCall, id: string): Outcome {
  const group = groupAt(call, id)
  const shaped = selected(shapeGroup(group), call.query.select)
  return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...shaped }, unitHeader(call)))
}

function groupAt(call: GraphCall, id: string): SimGroup {
  const group = call.tenant.groups.get(id.toLowerCase())
  if (!group) throw directoryObjectNotFound(id)
  return group
}

/** `$count` of direct or transitive members, of all or of one kind. Needs `ConsistencyLevel: eventual`. */
export function countMembers(call: GraphCall, id: string, kind: MemberKind): Outcome {
  requireEventual(call)
  const group = groupAt(call, id)
  const members = kind.isTransitive ? transitiveMembers(call.tenant, group) : directMembers(group)
  const count = kind.cast ? members[kind.cast] : members.users + members.devices + members.groups
  return answer(textReply(200, String(count)))
}

export interface MemberKind {
  readonly isTransitive: boolean
  readonly cast: 'users' | 'devices' | undefined
}

interface Members {
  readonly users: number
  readonly devices: number
  readonly groups: number
}

function directMembers({ users, devices, memberGroups }: SimGroup): Members {
  return { users, devices, groups: memberGroups.length }
}

/** Adds up each nested group once, however often it is reached. */
function transitiveMembers(tenant: SimTenant, root: SimGroup): Members {
  const reached = new Set([root])
  for (const group of reached) {
    for (const id of group.memberGroups) {
      const member = tenant.groups.get(id)
      if (member) reached.add(member)
    }
  }
  const all = [...reached]
  const sum = (count: (group: SimGroup) => number) => all.reduce((total, group) => total + count(group), 0)
  return { users: sum((group) => group.users), devices: sum((group) => group.devices), groups: all.length - 1 }
}

function isEventual(call: GraphCall): boolean {
  return call.headers['consistencylevel']?.toLowerCase() === 'eventual'
}

function requireEventual(call: GraphCall): void {
  if (isEventual(call)) return
  const header = "the header 'ConsistencyLevel' set to 'eventual'"
  throw new GraphError(400, 'Request_BadRequest', `$count is not currently supported without ${header}.`)
}

const maxIds = 1000

/** Unknown ids are left out without a word; without the right permission only type and id are told. */
export function getByIds(call: GraphCall): Outcome {
  const { ids, types } = bodyObject(call)
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest("The parameter 'ids' is missing.")
  if (ids.length > maxIds) {
    throw new GraphError(
      400,
      'Request_BadRequest',
      `Too many ids: ${ids.length} were given, at most ${maxIds} are allowed.`,
    )
  }
  const wantsGroups = !Array.isArray(types) || types.some((type) => String(type).toLowerCase() === 'group')
  const mayRead = call.caller.roles.some((role) => role === 'Directory.Read.All' || role === 'Directory.ReadWrite.All')
  const value = [...new Set(ids.map((id) => String(id).toLowerCase()))].flatMap((id) => {
    const group = wantsGroups ? call.tenant.groups.get(id) : undefined
    if (!group) return []
    const shaped = mayRead ? shapeGroup(group) : blank(shapeGroup(group))
    return [{ '@odata.type': '#microsoft.graph.group', ...shaped }]
  })
  const context = `${call.origin}/${call.version}/$metadata#directoryObjects`
  return answer(jsonReply(200, { '@odata.context': context, value }, unitHeader(call)))
}

function blank(group: GraphObject): GraphObject {
  return Object.fromEntries(Object.entries(group).map(([name, value]) => [name, name === 'id' ? value : null]))
}

/** Who may call `getByIds` at all; what it tells them is another matter. */
export const getByIdsPermissions = [...new Set(['Directory.Read.All', 'Directory.ReadWrite.All', ...groupMemberRead])]

/** Resource units of a directory request, by the published costs and modifiers. */
export function resourceUnits(base: number, call: Pick<GraphCall, 'query'>): number {
  const { select, expand, top } = call.query
  const isSmallPage = top !== undefined && top < 20
  return Math.max(1, base - (select ? 1 : 0) + (expand.length > 0 ? 1 : 0) - (isSmallPage ? 1 : 0))
}

function unitHeader(call: GraphCall): Record<string, string> {
  const base = call.segments[0] === 'directoryObjects' ? 3 : 1
  return { 'x-ms-resource-unit': String(resourceUnits(base, call)) }
}

export function listOrganization(call: GraphCall): Outcome {
  const value = [selected(call.tenant.organization, call.query.select)]
  return answer(jsonReply(200, { '@odata.context': contextOf(call), value }))
}

export function getOrganization(call: GraphCall, id: string): Outcome {
  if (id !== call.tenant.id) throw directoryObjectNotFound(id)
  return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...call.tenant.organization }))
}
