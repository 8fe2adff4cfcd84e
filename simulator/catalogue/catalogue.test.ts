import { describe, expect, it } from 'vitest'
import { hasSharedGraph, readShared } from '../testing-shared-graph.ts'
import { managedAppPolicies } from './app-protection.ts'
import { resourceTypes, typeOf } from './catalogue.ts'
import type { AssignmentWrite, ResourceType, TargetKind } from './resource-type.ts'

interface PublishedResource {
  readonly collection: string
  readonly v1_0: boolean
  readonly entityType: string
  readonly nameProperty: ResourceType['nameProperty']
  readonly listExpandAssignments: { readonly supported: boolean | null }
  readonly assign: { readonly kind: string; readonly bodyProperty?: string }
  readonly assignmentType: string | null
  readonly maxTopObserved?: number
  readonly targets?: readonly string[]
  readonly assignmentFilters?: boolean
}

type Permissions = Record<string, Record<string, { application?: string[] } | undefined> | undefined>

const targetKinds: Record<string, TargetKind> = {
  groupAssignmentTarget: 'group',
  exclusionGroupAssignmentTarget: 'exclusion',
  allLicensedUsersAssignmentTarget: 'allUsers',
  allDevicesAssignmentTarget: 'allDevices',
  configurationManagerCollectionAssignmentTarget: 'collection',
  cloudPcManagementGroupAssignmentTarget: 'cloudPcGroup',
}

function published(): PublishedResource[] {
  if (!hasSharedGraph) return []
  return readShared<{ resources: PublishedResource[] }>('contract/resources.json').resources
}

/** What the published registry calls the ways to assign. */
function kindOf(write: AssignmentWrite | undefined): string {
  if (!write) return 'none'
  return { action: 'action', perTarget: 'perAssignment', update: 'updateAction' }[write.kind]
}

describe.skipIf(!hasSharedGraph)('the catalogue beside the published contract (../shared/graph)', () => {
  it('has every published collection, and the union list', () => {
    const missing = published().filter(({ collection }) => !typeOf(collection))
    expect(missing.map(({ collection }) => collection)).toEqual([managedAppPolicies.collection])
  })

  const known = published().flatMap((resource) => {
    const type = typeOf(resource.collection)
    return type ? [[resource.collection, type, resource] as const] : []
  })

  it.each(known)('%s agrees', (_collection, type, resource) => {
    expect(factsOf(type)).toEqual(publishedFacts(resource, type))
    expect(type.assignments?.targets ?? []).toEqual(expect.arrayContaining(publishedTargets(resource)))
  })

  it('names only types the metadata has, with the extras and stamps they have', () => {
    const { types } = readShared<{ types: Record<string, { properties: object; base?: string }> }>(
      'contract/types-beta.json',
    )
    for (const { entity, assignments } of resourceTypes) {
      expect(types).toHaveProperty([entity])
      if (!assignments) continue
      const known = Object.keys(types[assignments.type]?.properties ?? {})
      expect(known).toEqual(expect.arrayContaining([...assignments.extras, ...assignments.stamps]))
    }
  })
})

function factsOf({ v1, entity, nameProperty, maxTop, expandOnList, assignments }: ResourceType) {
  const write = assignments?.write
  return {
    v1,
    entity,
    nameProperty,
    maxTop,
    expands: expandOnList === 'works',
    assign: kindOf(write),
    body: write && 'body' in write ? write.body : undefined,
    assignmentType: assignments?.type ?? null,
    filters: assignments?.filters,
  }
}

/** The same facts as published; what is not known there is left as the simulator has it. */
function publishedFacts(resource: PublishedResource, type: ResourceType): ReturnType<typeof factsOf> {
  const own = factsOf(type)
  return {
    ...own,
    v1: resource.v1_0,
    entity: resource.entityType,
    maxTop: resource.maxTopObserved ?? own.maxTop,
    expands: resource.listExpandAssignments.supported ?? own.expands,
    assign: resource.assign.kind,
    body: resource.assign.bodyProperty,
    assignmentType: resource.assignmentType,
    filters: resource.assignmentFilters ?? own.filters,
    nameProperty: resource.nameProperty,
  }
}

function publishedTargets({ targets = [] }: PublishedResource): (TargetKind | undefined)[] {
  return targets.map((name) => targetKinds[name.replace(' (unverified)', '')])
}

/**
 * Where the simulator is deliberately not what permissions.json says: scripts moved to permissions of their own, which
 * that file has for some paths only, and a permission to read is not enough to assign, which it lists for one path.
 */
const scriptPermission = /^DeviceManagementScripts\./
const readPermission = /\.Read\.All$/

describe.skipIf(!hasSharedGraph)('permissions beside permissions.json (../shared/graph)', () => {
  const { permissions } = hasSharedGraph
    ? readShared<{ permissions: Permissions }>('contract/permissions.json')
    : { permissions: {} }

  function publishedFor(path: string, method: string): string[] | undefined {
    const found = Object.entries(permissions).find(([template]) => template.replaceAll(/\{[^}]*\}/g, '{}') === path)
    return found?.[1]?.[method]?.application?.map((name) => name.replace('*', ''))
  }

  const cases = resourceTypes.flatMap(({ collection, permissions: own, assignmentPermissions }) => [
    { method: 'GET', path: collection, accepted: own.read },
    { method: 'GET', path: `${collection}/{}`, accepted: own.read },
    { method: 'POST', path: collection, accepted: own.write },
    { method: 'PATCH', path: `${collection}/{}`, accepted: own.write },
    { method: 'DELETE', path: `${collection}/{}`, accepted: own.write },
    { method: 'POST', path: `${collection}/{}/assign`, accepted: own.write },
    { method: 'GET', path: `${collection}/{}/assignments`, accepted: (assignmentPermissions ?? own).read },
    { method: 'DELETE', path: `${collection}/{}/assignments/{}`, accepted: (assignmentPermissions ?? own).write },
  ])

  it.each(cases.filter(({ path, method }) => publishedFor(path, method)))(
    '$method $path',
    ({ method, path, accepted }) => {
      const listed = publishedFor(path, method) ?? []
      const wanted = method === 'GET' ? listed : listed.filter((name) => !readPermission.test(name))
      const [own, theirs] = [accepted, wanted].map((names) =>
        [...names].filter((name) => !scriptPermission.test(name)).toSorted(),
      )
      expect(own).toEqual(theirs)
    },
  )

  it('covers most of what the simulator serves', () => {
    expect(cases.filter(({ path, method }) => publishedFor(path, method)).length).toBeGreaterThan(150)
  })
})
