import { beforeAll, describe, expect, test } from 'vitest'
import { checkContract } from '#graph/contracts/conformance-testing.ts'
import type { GraphMetadata } from '#graph/contracts/conformance-testing.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { directory, foundations, organization } from '#graph/contracts/foundations.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'
import { hasSharedGraph, readMetadata, sharedGraph } from '#graph/contracts/metadata-testing.ts'

describe.skipIf(!hasSharedGraph)(`contracts against ${sharedGraph}`, () => {
  let metadata: GraphMetadata
  beforeAll(() => {
    metadata = readMetadata()
  })

  test.each(contracts.map((contract) => [contract.key, contract] as const))(
    '%s says what the metadata says',
    (_, contract) => {
      expect(checkContract(contract, metadata)).toEqual([])
    },
  )

  test('the registry has every assignable resource but the union list', () => {
    const known = contracts.map((contract) => contract.collection)
    const assignable = metadata.resources
      .filter((resource) => resource.assignmentType !== null && resource.assign.kind !== 'viaConcreteCollection')
      .map((resource) => resource.collection)
    expect(assignable.toSorted()).toEqual(known.toSorted())
  })

  test('foundations are collections the metadata knows', () => {
    const collections = [...foundations.map((foundation) => foundation.collection), directory.group, organization.path]
    expect(collections.filter((path) => metadata.paths[path]?.['GET'] === undefined)).toEqual([])
    expect(metadata.paths[directory.getByIds]?.['POST']).toBeDefined()
  })

  const wrong: readonly [string, Partial<PolicyContract>][] = [
    ['collection', { collection: '/deviceManagement/configurationPolicys' }],
    ['body property', { assign: { kind: 'action', bodyProperty: 'deviceManagementScriptAssignments' } }],
    ['per-target write', { assign: { kind: 'perTarget' } }],
    ['entity type', { entityType: 'deviceConfiguration' }],
    ['name', { nameProperty: 'displayName' }],
    ['scope tags', { scopeTagsProperty: 'roleScopeTags' }],
    ['page size', { maxTop: 1001 }],
    ['expansion', { payload: { kind: 'listExpand', expand: ['setting'] } }],
    ['sub-collection', { payload: { kind: 'subCollection', path: 'definitionValues', expand: [] } }],
    ['assignment type', { assignmentType: 'mobileAppAssignment' }],
    ['assignment property', { assignmentProperties: ['intent'] }],
    ['target', { targets: ['configManagerCollection'] }],
    ['filters', { takesFilters: false }],
    ['read permission', { permissions: { read: ['DeviceManagementApps.Read.All'], write: [] } }],
    ['write permission', { permissions: { read: [], write: ['DeviceManagementConfiguration.Read.All'] } }],
  ]
  test.each(wrong)('checkContract() reports a wrong %s', (_, mistake) => {
    const planted: PolicyContract = { ...contractOf('configurationPolicies'), ...mistake }
    expect(checkContract(planted, metadata)).not.toEqual([])
  })

  test('checkContract() reports a list expansion nobody has seen working', () => {
    const planted: PolicyContract = { ...contractOf('intents'), listExpandsAssignments: true }
    expect(checkContract(planted, metadata)).toContain('intents: no client is known to expand assignments on the list')
  })

  test('checkContract() reports a write that would lose a property', () => {
    const planted: PolicyContract = { ...contractOf('mobileApps'), assignmentProperties: ['intent'] }
    expect(checkContract(planted, metadata)).toContain('mobileApps: a write would lose settings')
  })
})
