/** From method and path to what is asked, what it takes to be allowed, and who answers. Paths ignore case. */
import { managedAppPolicies } from '../catalogue/app-protection.ts'
import { typeOf } from '../catalogue/catalogue.ts'
import { apps, configurationOrRbac, groupMemberRead, groupRead, organizationRead } from '../catalogue/permissions.ts'
import type { Permissions, ResourceType, Service } from '../catalogue/resource-type.ts'
import type { GraphCall, Outcome } from './call.ts'
import * as directory from './directory.ts'
import { GraphError, methodNotAllowed, unknownSegment } from './graph-error.ts'
import * as read from './read-objects.ts'
import { getServiceRow, listServiceRows } from './service-lists.ts'
import * as write from './write-assignments.ts'
import * as objects from './write-objects.ts'

export interface Route {
  /** The collection path, e.g. `/deviceManagement/intents`; for fault patterns and throttling. */
  readonly collection: string
  readonly service: Service
  readonly isWrite: boolean
  /** Directory requests only. */
  readonly resourceUnits: number
  /** Application permissions, any of which is enough. */
  readonly anyOf: readonly string[]
  readonly run: (call: GraphCall) => Outcome
}

type Run = Route['run']
type Part = { readonly anyOf: readonly string[]; readonly run: Run }
type Methods = Partial<Record<string, Part>>

/** @throws GraphError 400 for an unknown path, 405 for an unknown method */
export function routeOf(call: GraphCall): Route {
  const [root = ''] = call.segments
  switch (root.toLowerCase()) {
    case 'devicemanagement':
    case 'deviceappmanagement':
      return intuneRoute(call)
    case 'groups':
      return directoryRoute(call, groupPart(call))
    case 'directoryobjects':
      return directoryRoute(call, directoryObjectsPart(call))
    case 'organization':
      return directoryRoute(call, organizationPart(call))
    default:
      throw unknownSegment(root)
  }
}

function pick(call: GraphCall, methods: Methods): Part {
  const part = methods[call.method]
  if (!part) throw methodNotAllowed()
  return part
}

function intuneRoute(call: GraphCall): Route {
  const special = serviceRoute(call)
  if (special) return special
  const { type, rest } = findType(call)
  if (call.version === 'v1.0' && !type.v1) throw unknownSegment(call.segments[1] ?? '')
  const part = pick(call, methodsOf(type, rest))
  const isWrite = call.method !== 'GET'
  return { collection: type.collection, service: type.service, isWrite, resourceUnits: 0, ...part }
}

function findType({ segments }: GraphCall): { type: ResourceType; rest: readonly string[] } {
  for (const length of [2, 3]) {
    const type = typeOf(`/${segments.slice(0, length).join('/')}`)
    if (type) return { type, rest: withoutCasts(segments.slice(length)) }
  }
  throw unknownSegment(segments[1] ?? segments[0] ?? '')
}

/** `…/{id}/microsoft.graph.managedDeviceMobileAppConfiguration/assign` is the portal's form of `…/{id}/assign`. */
function withoutCasts(segments: readonly string[]): readonly string[] {
  return segments.filter((segment) => !/^(microsoft\.)?graph\./i.test(segment))
}

function methodsOf(type: ResourceType, rest: readonly string[]): Methods {
  const [id, below, ...deeper] = rest
  const { read: reading, write: writing } = type.permissions
  if (id === undefined) {
    return {
      GET: { anyOf: reading, run: (call) => read.listObjects(call, type) },
      POST: { anyOf: writing, run: (call) => objects.createObject(call, type) },
    }
  }
  if (id === '$count') return { GET: { anyOf: reading, run: (call) => read.countObjects(call, type) } }
  if (below === undefined) return itemMethods(type, id)
  switch (below.toLowerCase()) {
    case 'assignments':
      return type.assignments ? assignmentMethods(type, id, deeper[0]) : unknownBelow(below)
    case 'assign':
      return { POST: { anyOf: writing, run: (call) => write.assign(call, type, id) } }
    case 'update':
      return { POST: { anyOf: writing, run: (call) => write.updatePolicySet(call, type, id) } }
    default:
      return { GET: { anyOf: reading, run: (call) => read.getBelow(call, type, id, rest.slice(1)) } }
  }
}

function unknownBelow(segment: string): never {
  throw unknownSegment(segment)
}

function itemMethods(type: ResourceType, id: string): Methods {
  const { read: reading, write: writing } = type.permissions
  return {
    GET: { anyOf: reading, run: (call) => read.getObject(call, type, id) },
    PATCH: { anyOf: writing, run: (call) => objects.changeObject(call, type, id) },
    DELETE: { anyOf: writing, run: (call) => objects.deleteObject(call, type, id) },
  }
}

function assignmentMethods(type: ResourceType, id: string, assignment: string | undefined): Methods {
  const permissions: Permissions = type.assignmentPermissions ?? type.permissions
  if (assignment === undefined) {
    return {
      GET: { anyOf: permissions.read, run: (call) => read.listAssignments(call, type, id) },
      POST: { anyOf: permissions.write, run: (call) => write.addAssignment(call, type, id) },
    }
  }
  return {
    GET: { anyOf: permissions.read, run: (call) => read.getAssignment(call, type, id, assignment) },
    PATCH: { anyOf: permissions.write, run: (call) => write.changeAssignment(call, type, id, assignment) },
    DELETE: { anyOf: permissions.write, run: (call) => write.removeAssignment(call, type, id, assignment) },
  }
}

const auditPageSize = 100

/** What below `deviceManagement` and `deviceAppManagement` is not an ordinary collection. */
function serviceRoute(call: GraphCall): Route | undefined {
  const [root = '', name = '', id, below] = call.segments
  const collection = `/${root}/${name}`
  const usual = { collection, isWrite: false, resourceUnits: 0 }
  switch (collection.toLowerCase()) {
    case '/devicemanagement/auditevents': {
      const events = (one: GraphCall) => one.service.auditEvents(one.tenant)
      const run: Run = (one) =>
        id === undefined ? listServiceRows(one, events(one), auditPageSize) : getServiceRow(one, events(one), id)
      return { ...usual, service: 'auditing', ...pick(call, { GET: { anyOf: apps.read, run } }) }
    }
    case '/devicemanagement/operationapprovalrequests': {
      if (call.version === 'v1.0') throw unknownSegment(name)
      return { ...usual, service: 'rbac', ...pick(call, approvalMethods(id, below)) }
    }
    case managedAppPolicies.collection.toLowerCase():
      return { ...usual, service: 'applications', isWrite: call.method !== 'GET', ...unionPart(call, id) }
    default:
      return undefined
  }
}

function approvalMethods(id: string | undefined, below: string | undefined): Methods {
  const requests = (call: GraphCall) => call.service.approvalRequests(call.tenant)
  if (id === undefined) {
    return { GET: { anyOf: configurationOrRbac.read, run: (call) => listServiceRows(call, requests(call), 1000) } }
  }
  if (below === 'approve' || below === 'reject') {
    return { POST: { anyOf: configurationOrRbac.write, run: refuseAppDecision } }
  }
  return { GET: { anyOf: configurationOrRbac.read, run: (call) => getServiceRow(call, requests(call), id) } }
}

function refuseAppDecision(): never {
  throw new GraphError(403, 'Forbidden', 'Applications cannot approve or reject requests.')
}

/** `managedAppPolicies/{id}/assign` is how the documentation assigns any of its members. */
function unionPart(call: GraphCall, id: string | undefined): Part {
  const { permissions } = managedAppPolicies
  if (id === undefined) return pick(call, { GET: { anyOf: permissions.read, run: read.listManagedAppPolicies } })
  const below = withoutCasts(call.segments.slice(3))
  if (below.length === 0) {
    return pick(call, { GET: { anyOf: permissions.read, run: (one) => read.getManagedAppPolicy(one, id) } })
  }
  const type = managedAppPolicies.members.find((member) => call.tenant.collections.get(member.collection)?.has(id))
  if (!type || below[0]?.toLowerCase() !== 'assign') throw unknownSegment(below[0] ?? '')
  return pick(call, { POST: { anyOf: permissions.write, run: (one) => write.assign(one, type, id) } })
}

interface DirectoryPart extends Part {
  readonly units: number
}

function directoryRoute(call: GraphCall, { units, ...part }: DirectoryPart): Route {
  const resourceUnits = directory.resourceUnits(units, call)
  return { collection: `/${call.segments[0]}`, service: 'directory', isWrite: false, resourceUnits, ...part }
}

function groupPart(call: GraphCall): DirectoryPart {
  const [, id, below, ...deeper] = call.segments
  if (id === undefined) return { units: 1, ...pick(call, { GET: { anyOf: groupRead, run: directory.listGroups } }) }
  if (id === '$count') return { units: 1, ...pick(call, { GET: { anyOf: groupRead, run: directory.countGroups } }) }
  if (below === undefined) {
    return { units: 1, ...pick(call, { GET: { anyOf: groupRead, run: (one) => directory.getGroup(one, id) } }) }
  }
  const kind = memberKind(below, deeper)
  const run: Run = (one) => directory.countMembers(one, id, kind)
  return { units: kind.isTransitive ? 5 : 3, ...pick(call, { GET: { anyOf: groupMemberRead, run } }) }
}

function memberKind(below: string, deeper: readonly string[]): directory.MemberKind {
  const isTransitive = below === 'transitiveMembers'
  if (!isTransitive && below !== 'members') throw unknownSegment(below)
  const cast = deeper.length === 2 ? castOf(deeper[0] ?? '') : undefined
  if (deeper.at(-1) !== '$count') throw unknownSegment(deeper.at(-1) ?? below)
  return { isTransitive, cast }
}

function castOf(segment: string): 'users' | 'devices' {
  const type = segment.replace(/^(microsoft\.)?graph\./i, '').toLowerCase()
  if (type === 'user') return 'users'
  if (type === 'device') return 'devices'
  throw unknownSegment(segment)
}

function directoryObjectsPart(call: GraphCall): DirectoryPart {
  const name = call.segments[1] ?? ''
  if (name.toLowerCase().replace(/^microsoft\.graph\./, '') !== 'getbyids') throw unknownSegment(name)
  return { units: 3, ...pick(call, { POST: { anyOf: directory.getByIdsPermissions, run: directory.getByIds } }) }
}

function organizationPart(call: GraphCall): DirectoryPart {
  const id = call.segments[1]
  const run: Run = (one) => (id === undefined ? directory.listOrganization(one) : directory.getOrganization(one, id))
  return { units: 1, ...pick(call, { GET: { anyOf: organizationRead, run } }) }
}
