/**
 * Holds a contract against the published Graph metadata (`../shared/graph`, not part of this repository) and names every
 * disagreement. Used by the conformance test only.
 */
import type { PolicyContract, TargetKind } from '#graph/contracts/contract.ts'

export interface GraphMetadata {
  /** `/path/{id}` → method → what it takes and returns. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly types: Readonly<Record<string, MetadataType>>
  readonly assignActions: readonly { readonly path: string; readonly parameters: Readonly<Record<string, string>> }[]
  /** `/path/{id}` → method → application permissions, a trailing `*` for the least privileged. */
  readonly permissions: Readonly<Record<string, Readonly<Record<string, { readonly application?: readonly string[] }>>>>
  readonly resources: readonly CuratedResource[]
}

export interface MetadataType {
  readonly base?: string
  readonly properties: Readonly<Record<string, string>>
  readonly navigation?: Readonly<Record<string, string>>
}

export interface CuratedResource {
  readonly collection: string
  readonly entityType: string
  readonly nameProperty: string
  readonly scopeTagsProperty: string | null
  readonly listExpandAssignments: { readonly supported: boolean | null }
  readonly assign: { readonly kind: string; readonly bodyProperty?: string }
  readonly assignmentType: string | null
  readonly maxTopObserved?: number
  readonly targets?: readonly string[]
  readonly assignmentFilters?: boolean
}

/** `assign` is bound to their base types in the CSDL; the OpenAPI the paths come from leaves these four out. */
const assignOmittedByOpenApi = [
  '/deviceAppManagement/iosManagedAppProtections',
  '/deviceAppManagement/androidManagedAppProtections',
  '/deviceAppManagement/windowsInformationProtectionPolicies',
  '/deviceAppManagement/mdmWindowsInformationProtectionPolicies',
]

/** Permissions that the service asks for and permissions.json does not list for every script path (REPORT.md, 1.3). */
const permissionsBesideMetadata = ['DeviceManagementScripts.Read.All', 'DeviceManagementScripts.ReadWrite.All']

const targetTypes: Readonly<Record<string, TargetKind>> = {
  groupAssignmentTarget: 'group',
  exclusionGroupAssignmentTarget: 'exclusion',
  allLicensedUsersAssignmentTarget: 'allUsers',
  allDevicesAssignmentTarget: 'allDevices',
  configurationManagerCollectionAssignmentTarget: 'configManagerCollection',
  cloudPcManagementGroupAssignmentTarget: 'cloudPcGroup',
}

/** One sentence per disagreement; none means that the contract says what the metadata says. */
export function checkContract(contract: PolicyContract, metadata: GraphMetadata): string[] {
  const resource = metadata.resources.find((candidate) => candidate.collection === contract.collection)
  if (resource === undefined) return [`${contract.key}: no resource has the collection ${contract.collection}`]
  return [
    ...checkEntity(contract, metadata, resource),
    ...checkReads(contract, metadata, resource),
    ...checkPayload(contract, metadata),
    ...checkWrites(contract, metadata, resource),
    ...checkTargets(contract, resource),
    ...checkAssignmentProperties(contract, metadata),
    ...checkPermissions(contract, metadata),
  ].map((problem) => `${contract.key}: ${problem}`)
}

function checkEntity(contract: PolicyContract, metadata: GraphMetadata, resource: CuratedResource): string[] {
  const properties = propertiesOf(contract.entityType, metadata)
  return [
    ...unless(properties !== undefined, `no entity type ${contract.entityType}`),
    ...unless(contract.entityType === resource.entityType, `entity type is ${resource.entityType}`),
    ...unless(contract.nameProperty === resource.nameProperty, `name property is ${resource.nameProperty}`),
    ...unless(
      properties?.has(contract.nameProperty) === true,
      `${contract.entityType} has no ${contract.nameProperty}`,
    ),
    ...unless(
      contract.scopeTagsProperty === resource.scopeTagsProperty,
      `scope tags are ${resource.scopeTagsProperty}`,
    ),
    ...unless(
      contract.scopeTagsProperty === null || properties?.has(contract.scopeTagsProperty) === true,
      `${contract.entityType} has no ${contract.scopeTagsProperty}`,
    ),
  ]
}

function checkReads(contract: PolicyContract, metadata: GraphMetadata, resource: CuratedResource): string[] {
  const assignments = `${itemPath(contract, metadata)}/assignments`
  return [
    ...unless(hasMethod(metadata, contract.collection, 'GET'), `GET ${contract.collection} does not exist`),
    ...unless(hasMethod(metadata, itemPath(contract, metadata), 'GET'), 'its items cannot be read'),
    ...unless(
      contract.assignmentsRead !== 'subCollection' || hasMethod(metadata, assignments, 'GET'),
      `GET ${assignments} does not exist`,
    ),
    ...unless(
      !contract.listExpandsAssignments || resource.listExpandAssignments.supported === true,
      'no client is known to expand assignments on the list',
    ),
    ...unless(
      contract.maxTop === null || resource.maxTopObserved === undefined || contract.maxTop <= resource.maxTopObserved,
      `$top above ${resource.maxTopObserved} was never seen`,
    ),
  ]
}

function checkPayload(contract: PolicyContract, metadata: GraphMetadata): string[] {
  const { payload } = contract
  if (payload.kind === 'list') return []
  if (payload.kind !== 'subCollection') return checkExpansions(payload.expand, contract.entityType, metadata)
  const path = `${itemPath(contract, metadata)}/${payload.path}`
  const element = elementType(propertiesOf(contract.entityType, metadata)?.get(payload.path))
  return [
    ...unless(hasMethod(metadata, path, 'GET'), `GET ${path} does not exist`),
    ...unless(element !== undefined, `${contract.entityType} has no ${payload.path}`),
    ...(element === undefined ? [] : checkExpansions(payload.expand, element, metadata)),
  ]
}

function checkExpansions(expand: readonly string[], type: string, metadata: GraphMetadata): string[] {
  return expand.flatMap((expression) => {
    const [property = expression, nested] = expression.split('($expand=')
    const element = elementType(propertiesOf(type, metadata)?.get(property))
    if (element === undefined) return [`${type} has no ${property} to expand`]
    return nested === undefined ? [] : checkExpansions([nested.slice(0, -1)], element, metadata)
  })
}

function checkWrites(contract: PolicyContract, metadata: GraphMetadata, resource: CuratedResource): string[] {
  const item = itemPath(contract, metadata)
  switch (contract.assign.kind) {
    case 'unsupported':
      return []
    case 'perTarget':
      return [
        ...unless(resource.assign.kind === 'perAssignment', 'its assignments are not written one by one'),
        ...unless(hasMethod(metadata, `${item}/assignments`, 'POST'), `POST ${item}/assignments does not exist`),
        ...unless(
          Object.keys(metadata.paths).some(
            (path) => path.startsWith(`${item}/assignments/{`) && hasMethod(metadata, path, 'DELETE'),
          ),
          `DELETE ${item}/assignments/{id} does not exist`,
        ),
      ]
    case 'action':
      return checkAssignAction(contract, contract.assign.bodyProperty, metadata, resource)
  }
}

function checkAssignAction(
  contract: PolicyContract,
  bodyProperty: string,
  metadata: GraphMetadata,
  resource: CuratedResource,
): string[] {
  const path = `${itemPath(contract, metadata)}/assign`
  const parameters = metadata.assignActions.find((action) => action.path === path)?.parameters
  const curated = unless(
    resource.assign.kind === 'action' && resource.assign.bodyProperty === bodyProperty,
    `the body property is ${resource.assign.bodyProperty}`,
  )
  if (assignOmittedByOpenApi.includes(contract.collection)) return curated
  return [
    ...curated,
    ...unless(hasMethod(metadata, path, 'POST'), `POST ${path} does not exist`),
    ...unless(
      parameters?.[bodyProperty] === `Collection(graph.${contract.assignmentType})`,
      `${path} takes ${JSON.stringify(parameters)}`,
    ),
  ]
}

function checkTargets(contract: PolicyContract, resource: CuratedResource): string[] {
  const known = (resource.targets ?? []).flatMap((target) => targetTypes[target] ?? [])
  const virtual: TargetKind[] = contract.quirks.includes('allUsersIsVirtualGroup') ? ['allUsers'] : []
  const unknown = contract.targets.filter((kind) => !known.includes(kind) && !virtual.includes(kind))
  return [
    ...unless(unknown.length === 0, `no source says that it takes ${unknown.join(', ')}`),
    ...unless(!contract.takesFilters || resource.assignmentFilters === true, 'no source says that it takes filters'),
    ...unless(contract.takesFilters || resource.assignmentFilters !== true, 'it takes filters'),
  ]
}

function checkAssignmentProperties(contract: PolicyContract, metadata: GraphMetadata): string[] {
  if (contract.assignmentType === null) return []
  const properties = propertiesOf(contract.assignmentType, metadata)
  if (properties === undefined) return [`no assignment type ${contract.assignmentType}`]
  const missing = ['target', ...contract.assignmentProperties].filter((property) => !properties.has(property))
  // `source*`, `id` and dates are the service's own words about a row; everything else must be kept.
  const serverMade = ['id', 'source', 'sourceId', 'target', 'lastModifiedDateTime', 'createdDateTime']
  const navigations = Object.keys(metadata.types[contract.assignmentType]?.navigation ?? {})
  const meaningful = [...properties.keys()].filter(
    (property) => !serverMade.includes(property) && !navigations.includes(property),
  )
  const dropped = meaningful.filter(
    (property) => !(contract.assignmentProperties as readonly string[]).includes(property),
  )
  const isWritten = contract.assign.kind !== 'unsupported'
  return [
    ...unless(missing.length === 0, `${contract.assignmentType} has no ${missing.join(', ')}`),
    ...unless(!isWritten || dropped.length === 0, `a write would lose ${dropped.join(', ')}`),
  ]
}

function checkPermissions(contract: PolicyContract, metadata: GraphMetadata): string[] {
  const item = itemPath(contract, metadata)
  const reads = applicationPermissions(metadata, [contract.collection, item, `${item}/assignments`], ['GET'])
  const writes = applicationPermissions(metadata, [`${item}/assign`, `${item}/assignments`, item], ['POST', 'PATCH'])
  return [
    ...unlisted(contract.permissions.read, reads).map((name) => `${name} is not listed for reading`),
    ...unlisted(contract.permissions.write, writes).map((name) => `${name} is not listed for writing`),
    ...contract.permissions.read
      .filter((name) => name.includes('ReadWrite'))
      .map((name) => `${name} is more than reading needs`),
  ]
}

/** Empty `listed`: permissions.json has no entry for these paths (windowsQualityUpdatePolicies), so nothing is compared. */
function unlisted(asked: readonly string[], listed: ReadonlySet<string>): readonly string[] {
  if (listed.size === 0) return []
  return asked.filter((name) => !listed.has(name) && !permissionsBesideMetadata.includes(name))
}

function applicationPermissions(
  metadata: GraphMetadata,
  paths: readonly string[],
  methods: readonly string[],
): ReadonlySet<string> {
  const names = paths.flatMap((path) =>
    methods.flatMap((method) => metadata.permissions[path]?.[method]?.application ?? []),
  )
  return new Set(names.map((name) => name.replace('*', '')))
}

/** The metadata names the key of each collection differently: `{deviceConfiguration-id}`. */
function itemPath(contract: PolicyContract, metadata: GraphMetadata): string {
  const depth = contract.collection.split('/').length + 1
  const isItem = (path: string) => path.startsWith(`${contract.collection}/{`) && path.split('/').length === depth
  return Object.keys(metadata.paths).find(isItem) ?? `${contract.collection}/{id}`
}

function hasMethod(metadata: GraphMetadata, path: string, method: string): boolean {
  return metadata.paths[path]?.[method] !== undefined
}

/** Own and inherited properties and navigations of a type, or undefined when there is no such type. */
function propertiesOf(type: string, metadata: GraphMetadata): ReadonlyMap<string, string> | undefined {
  const found = metadata.types[type]
  if (found === undefined) return undefined
  const inherited = found.base === undefined ? undefined : propertiesOf(found.base.replace('graph.', ''), metadata)
  return new Map([...(inherited ?? []), ...Object.entries(found.properties), ...Object.entries(found.navigation ?? {})])
}

function elementType(type: string | undefined): string | undefined {
  return /graph\.([A-Za-z0-9]+)/.exec(type ?? '')?.[1]
}

function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem]
}
