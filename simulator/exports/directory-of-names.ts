import { guidOf, createRandom } from '../generate/random.ts'
import { lifetime } from '../generate/graph-dates.ts'
import { shapeOf } from '../generate/shapes.ts'
import type { GraphObject, SimGroup, SimTenant } from '../world.ts'

/**
 * Groups, filters and scope tags of a loaded tenant. Exports name them in different ways: some by name, some by id
 * with a table of names beside them, some by id alone. Here each becomes one object with an id that stays the same
 * however often the folder is loaded.
 */
export interface DirectoryOfNames {
  /** The id of the group with the name, made when there is none yet. */
  groupNamed(name: string, facts: { rule: string | null; isDynamic: boolean }): string
  /** Makes sure a group with the id exists, unless the export listed its groups and this is not among them. */
  groupWithId(id: string): 'known' | 'invented' | 'deleted'
  /** The id of the filter that an assignment names by name or by id. */
  filterFor(nameOrId: string, platform: string): string
  /** The id of the scope tag that an object names by name or by id. */
  scopeTagFor(nameOrId: string): string
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `listsGroups`: the export says which groups there are, so an id that is not among them is of a deleted group. */
export function createDirectoryOfNames(tenant: SimTenant, { listsGroups }: { listsGroups: boolean }): DirectoryOfNames {
  const groupIds = new Map([...tenant.groups.values()].map((group) => [group.displayName, group.id]))
  const filterIds = new Map([...tenant.filters].map(([id, filter]) => [String(filter.properties['displayName']), id]))
  const tagIds = new Map([...tenant.scopeTags].map(([id, tag]) => [String(tag.properties['displayName']), id]))
  return {
    groupNamed(name, { rule, isDynamic }) {
      const id = groupIds.get(name) ?? guidOf(`${tenant.name}/group/${name}`)
      groupIds.set(name, id)
      const membershipRule = rule ?? (isDynamic ? '' : null)
      if (!tenant.groups.has(id)) tenant.groups.set(id, inventGroup({ id, displayName: name, membershipRule }))
      return id
    },
    groupWithId(id) {
      if (tenant.groups.has(id)) return 'known'
      if (listsGroups) return 'deleted'
      tenant.groups.set(id, inventGroup({ id, displayName: `Group ${id}`, membershipRule: null }))
      return 'invented'
    },
    filterFor(nameOrId, platform) {
      const known = tenant.filters.has(nameOrId) ? nameOrId : filterIds.get(nameOrId)
      if (known !== undefined) return known
      const id = guid.test(nameOrId) ? nameOrId : guidOf(`${tenant.name}/filter/${nameOrId}`)
      tenant.filters.set(id, {
        id,
        properties: inventFilter({ id, displayName: nameOrId, platform }),
        assignments: [],
        sub: {},
      })
      filterIds.set(nameOrId, id)
      return id
    },
    scopeTagFor(nameOrId) {
      const known = tenant.scopeTags.has(nameOrId) ? nameOrId : tagIds.get(nameOrId)
      if (known !== undefined) return known
      const isId = /^\d+$/.test(nameOrId)
      const id = isId ? nameOrId : nextTagId(tenant)
      const properties = { ...shapeOf('roleScopeTag'), id, displayName: isId ? `Scope tag ${id}` : nameOrId }
      tenant.scopeTags.set(id, { id, properties, assignments: [], sub: {} })
      tagIds.set(nameOrId, id)
      return id
    },
  }
}

function nextTagId(tenant: SimTenant): string {
  return String(Math.max(...[...tenant.scopeTags.keys()].map(Number).filter(Number.isFinite)) + 1)
}

/** Exports say who is in a group at most by a rule; the counts are made up, from the id. */
export function inventGroup({
  id,
  displayName,
  membershipRule,
}: Pick<SimGroup, 'id' | 'displayName' | 'membershipRule'>): SimGroup {
  const random = createRandom(`group ${id}`)
  const isOfDevices = membershipRule?.includes('device.') ?? /device|gerät|autopilot|kiosk/i.test(displayName)
  const count = random.int(3, 400)
  const createdDateTime = lifetime(random).created.replace(/\.\d+Z$/, 'Z')
  const members = { users: isOfDevices ? 0 : count, devices: isOfDevices ? count : 0 }
  return { id, displayName, description: null, membershipRule, ...members, memberGroups: [], createdDateTime }
}

function inventFilter({
  id,
  displayName,
  platform,
}: {
  id: string
  displayName: string
  platform: string
}): GraphObject {
  const { created, modified } = lifetime(createRandom(`filter ${id}`))
  return {
    ...shapeOf('deviceAndAppManagementAssignmentFilter'),
    id,
    displayName,
    description: '',
    platform,
    rule: '(device.deviceName -ne "")',
    assignmentFilterManagementType: 'devices',
    roleScopeTags: ['0'],
    createdDateTime: created,
    lastModifiedDateTime: modified,
  }
}
