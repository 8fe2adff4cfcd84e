import { expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import { describeOperation } from '#graph/client/operations.ts'

test.each([
  ['cloudPcProvisioningPolicies', 'Cloud PC provisioning policies', 'a Cloud PC provisioning policy'],
  ['mobileApps', 'Apps', 'an App'],
  ['iosLobAppProvisioningConfigurations', 'iOS app provisioning profiles', 'an iOS app provisioning profile'],
] as const)('describeOperation() keeps the case of %s', (type, many, one) => {
  const contract = contractOf(type)
  expect(describeOperation({ kind: 'listPolicies', contract, expand: [], top: null })).toBe(`listing ${many}`)
  expect(describeOperation({ kind: 'readAssignments', contract, id: '1' })).toBe(`reading the assignments of ${one}`)
})
