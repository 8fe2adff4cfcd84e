/** The simulator's answers beside the published contract: an independent witness must itself be checked. */
import { beforeAll, describe, expect, it } from 'vitest'
import { resourceTypes, typeOf } from '../catalogue/catalogue.ts'
import { hasSharedGraph, readShared } from '../testing-shared-graph.ts'
import { useSimulator } from '../testing.ts'
import type { GraphObject, SimAssignment } from '../world.ts'
import { shapeAssignments } from './shape-assignments.ts'

interface PublishedType {
  readonly base?: string
  readonly properties: GraphObject
  readonly navigation?: Record<string, string>
}

interface Observed {
  readonly resource: string
  readonly value: GraphObject
}

const types = hasSharedGraph
  ? readShared<{ types: Record<string, PublishedType> }>('contract/types-beta.json').types
  : {}
const paths = hasSharedGraph ? readShared<{ paths: Record<string, object> }>('contract/paths-beta.json').paths : {}
const observed = hasSharedGraph ? readShared<{ samples: Observed[] }>('protocol/observed-assignments.json').samples : []

/** The live service sends these although the metadata does not have them. */
const liveExtras = ['auditRuleInformation', 'repositoryType', 'assignments', 'id']

function knownProperties(name: string): string[] {
  const type = types[name]
  if (!type) return []
  const own = [...Object.keys(type.properties), ...Object.keys(type.navigation ?? {})]
  return type.base === undefined ? own : [...own, ...knownProperties(type.base)]
}

/** Objects that say or are known to be of a type, with properties it does not have: `type.property`. */
function foreignProperties(value: unknown, assumed?: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => foreignProperties(one, assumed))
  if (typeof value !== 'object' || value === null) return []
  const object = value as GraphObject
  const said = object['@odata.type']
  const name = typeof said === 'string' ? said.replace('#microsoft.graph.', '') : assumed
  const known = name === undefined ? undefined : [...knownProperties(name), ...liveExtras]
  const foreign = Object.keys(object).filter((key) => known && !key.includes('@odata.') && !known.includes(key))
  return [
    ...foreign.map((key) => `${name}.${key}`),
    ...Object.values(object).flatMap((inner) => foreignProperties(inner)),
  ]
}

describe.skipIf(!hasSharedGraph)('answers beside the metadata (../shared/graph)', () => {
  const simulator = useSimulator({ tenants: [{ name: 'Contoso', policies: 400 }], settings: { throttling: false } })

  it('finds a property that no type has', () => {
    expect(foreignProperties({ '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupid: '1' })).toEqual([
      'groupAssignmentTarget.groupid',
    ])
  })

  it.each(resourceTypes.map((type) => [type.collection, type] as const))(
    '%s: rows have only known properties',
    async (_, type) => {
      const client = await simulator.client()
      const expand = type.assignments && type.expandOnList === 'works' ? '&$expand=assignments' : ''
      const { value } = await client.get(`/beta${type.collection}?$top=1000${expand}`)
      expect([...new Set(foreignProperties(value, type.entity))]).toEqual([])
      const assignments = value.flatMap((row) => row['assignments'] ?? [])
      expect([...new Set(foreignProperties(assignments, type.assignments?.type))]).toEqual([])
    },
  )

  it.each(
    resourceTypes.flatMap((type) => Object.keys(type.navigation).map((name) => [type.collection, name, type] as const)),
  )('%s/{id}/%s: rows have only known properties', async (collection, name, type) => {
    const client = await simulator.client()
    const { value: policies } = await client.get(`/beta${collection}?$top=5`)
    for (const { id } of policies) {
      const { status, value } = await client.get(`/beta${collection}/${String(id)}/${name}`)
      expect(status).toBe(200)
      const rowType = (types[type.entity]?.navigation?.[name] ?? '').replaceAll(/Collection\(graph\.|\)/g, '')
      expect([...new Set(foreignProperties(value, rowType))]).toEqual([])
    }
  })

  it('serves only paths that exist', () => {
    const templates = new Set(Object.keys(paths).map((path) => path.replaceAll(/\{[^}]*\}/g, '{}')))
    const served = resourceTypes.flatMap(({ collection, assignments, navigation }) => [
      collection,
      `${collection}/{}`,
      ...(assignments ? [`${collection}/{}/assignments`, `${collection}/{}/assignments/{}`] : []),
      ...(assignments?.write.kind === 'action' ? [`${collection}/{}/assign`] : []),
      ...(assignments?.write.kind === 'update' ? [`${collection}/{}/update`] : []),
      ...Object.keys(navigation).map((name) => `${collection}/{}/${name}`),
    ])
    // The generated OpenAPI leaves these out; CSDL binds the action to their base types and clients use them.
    const omitted = [
      '/deviceAppManagement/iosManagedAppProtections/{}/assign',
      '/deviceAppManagement/androidManagedAppProtections/{}/assign',
      '/deviceAppManagement/mdmWindowsInformationProtectionPolicies/{}/assign',
      '/deviceAppManagement/windowsInformationProtectionPolicies/{}/assign',
    ]
    expect(served.filter((path) => !templates.has(path)).toSorted()).toEqual(omitted.toSorted())
  })
})

/** What an observed row must have been written as. */
function asWritten(row: GraphObject): SimAssignment {
  const { id: _id, source: _source, sourceId: _sourceId, lastModifiedDateTime: _at, ...written } = row
  return written as SimAssignment
}

describe.skipIf(!hasSharedGraph)('assignments beside observed ones (../shared/graph)', () => {
  // Exports of IntuneCD lack ids; the wire shape is in those that have one.
  const rows = observed.filter(({ resource, value }) => 'id' in value && !resource.includes('default limit'))

  it.each(rows.map((one) => [one.resource, one.value] as const))('%s reads key for key', (resource, value) => {
    const type = typeOf(`/deviceManagement/${resource.split(' ')[0]}`)
    const id = String(value['id']).slice(0, 36)
    const properties = { id, lastModifiedDateTime: value['lastModifiedDateTime'] }
    const object = { id, properties, assignments: [asWritten(value)], sub: {} }
    expect(JSON.stringify(type && shapeAssignments(type, object, 'beta'))).toBe(JSON.stringify([value]))
  })

  it('has samples to compare with', () => {
    expect(rows.length).toBeGreaterThan(6)
  })

  it('reads the default enrollment limit as observed, whatever is stored', () => {
    const value = observed.find(({ resource }) => resource.includes('default limit'))?.value ?? {}
    const type = typeOf('/deviceManagement/deviceEnrollmentConfigurations')
    const object = { id: String(value['id']), properties: { priority: 0 }, assignments: [], sub: {} }
    expect(JSON.stringify(type && shapeAssignments(type, object, 'beta'))).toBe(JSON.stringify([value]))
  })
})

interface SampleCase {
  readonly request: { readonly url: string; readonly body?: GraphObject }
}

/** Documented assign requests: the collection, and the body without the deprecated group lists. */
function assignSamples(): (readonly [collection: string, body: GraphObject])[] {
  const files = ['app-configuration', 'app-protection', 'cloud-pc', 'compliance', 'device-configurations', 'enrollment']
  files.push(
    'group-policy',
    'intents-and-resource-access',
    'mobile-apps',
    'policy-sets-and-branding',
    'rbac-and-filters',
  )
  files.push('scripts', 'settings-catalog', 'windows-updates')
  const pages = files.flatMap((file) =>
    Object.values(readShared<Record<string, { cases: SampleCase[] }>>(`samples/${file}.json`)),
  )
  return pages
    .flatMap(({ cases }) => cases)
    .flatMap(({ request: { url, body } }) => {
      const collection = /\/beta(\/.+)\/[^/]+\/assign$/.exec(url)?.[1]
      if (collection === undefined || body === undefined || !typeOf(collection)) return []
      return [
        [
          collection,
          Object.fromEntries(Object.entries(body).filter(([name]) => !name.endsWith('GroupAssignments'))),
        ] as const,
      ]
    })
}

describe.skipIf(!hasSharedGraph)('documented assign requests (../shared/graph)', () => {
  const simulator = useSimulator({ tenants: [{ name: 'Contoso', policies: 400 }], settings: { throttling: false } })
  const samples = hasSharedGraph ? assignSamples() : []

  beforeAll(async () => {
    // The generated ones are defaults of the service, which cannot be assigned.
    const collection = '/deviceManagement/deviceEnrollmentConfigurations'
    const properties = { '@odata.type': '#microsoft.graph.deviceEnrollmentLimitConfiguration', priority: 1 }
    await simulator.control.change('Contoso', [{ action: 'createObject', collection, properties }])
  })

  it('are many', () => {
    expect(samples.length).toBeGreaterThan(20)
  })

  it.each(samples)('%s/{id}/assign is accepted with targets of this tenant', async (collection, body) => {
    const client = await simulator.client('writer')
    const policies = await simulator.control.objectsOf('Contoso', collection)
    const policy = policies.find(
      ({ properties }) => properties['priority'] !== 0 && properties['publishingState'] !== 'notPublished',
    )
    const [group] = await simulator.control.groups('Contoso')
    const kind = collection.includes('virtualEndpoint')
      ? 'cloudPcManagementGroupAssignmentTarget'
      : 'groupAssignmentTarget'
    const target = { '@odata.type': `microsoft.graph.${kind}`, groupId: group?.id }
    const retargeted = Object.entries(body).map(([name, rows]) => [
      name,
      Array.isArray(rows) ? retarget(rows, target) : rows,
    ])
    const answer = await client.send('POST', `/beta${collection}/${policy?.id}/assign`, Object.fromEntries(retargeted))
    expect(answer.error).toBeUndefined()
    expect([200, 204]).toContain(answer.status)
  })
})

/** The documentation's targets are placeholders, and no client may write rows of policy sets. */
function retarget(rows: readonly unknown[], target: GraphObject): unknown[] {
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null) return row
    return { ...row, target, ...('source' in row ? { source: 'direct' } : {}) }
  })
}
