/** How the control API shows tenants and their objects: the truth, as stored. */
import { typeOf } from '../catalogue/catalogue.ts'
import type { ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject, SimApp, SimAssignment, SimTenant } from '../world.ts'
import { textOf } from '../world.ts'

export interface AppView {
  readonly name: string
  readonly clientId: string
  readonly secret: string | null
  readonly permissions: readonly string[]
}

export interface TenantView {
  readonly id: string
  readonly name: string
  readonly domain: string
  /** Objects of all Intune collections, filters and scope tags included. */
  readonly objects: number
  readonly groups: number
  readonly apps: readonly AppView[]
}

export interface ObjectView {
  readonly collection: string
  readonly id: string
  readonly name: string
  readonly assignments: readonly SimAssignment[]
}

export interface WholeObjectView extends ObjectView {
  readonly properties: GraphObject
  readonly sub: Readonly<Record<string, readonly GraphObject[]>>
}

export function describeApp({ name, clientId, secret, permissions }: SimApp): AppView {
  return { name, clientId, secret, permissions }
}

export function describeTenant({ id, name, domain, collections, groups, apps }: SimTenant): TenantView {
  const objects = collections.values().reduce((total, { size }) => total + size, 0)
  return { id, name, domain, objects, groups: groups.size, apps: [...apps.values()].map(describeApp) }
}

export function objectsOf(tenant: SimTenant, type: ResourceType): readonly WholeObjectView[] {
  const objects = tenant.collections.get(type.collection)?.values().toArray() ?? []
  return objects.map(({ id, properties, assignments, sub }) => {
    const name = textOf(properties, type.nameProperty)
    return { collection: type.collection, id, name, properties, assignments, sub }
  })
}

/** All objects with their assignments and without their content. */
export function allObjects(tenant: SimTenant): readonly ObjectView[] {
  return tenant.collections
    .keys()
    .toArray()
    .flatMap((collection) => {
      const type = typeOf(collection)
      if (!type) return []
      return objectsOf(tenant, type).map(({ id, name, assignments }) => ({ collection, id, name, assignments }))
    })
}
