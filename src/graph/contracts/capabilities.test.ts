import { describe, expect, test } from 'vitest'
import { capabilitiesOf, requiredPermissions } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contractOf, contracts, isRegistered } from '#graph/contracts/registry.ts'

describe('capabilitiesOf()', () => {
  test('capabilitiesOf() gives what the golden file says for every type', async () => {
    const all = Object.fromEntries(contracts.map((contract) => [contract.key, capabilitiesOf(contract)]))
    const golden = { types: all, required: requiredPermissions() }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('./capabilities.golden.json')
  })

  test('capabilitiesOf() never allows a write to a type whose targets are unknown', () => {
    const planted: PolicyContract = { ...contractOf('configurationPolicies'), targets: [] }
    expect(capabilitiesOf(planted).canRestore).toBe('previewOnly')
    expect(capabilitiesOf(planted).permissions.write).toEqual([])
  })
})

describe('the registry', () => {
  test('every contract has a collection of its own', () => {
    expect(new Set(contracts.map((contract) => contract.collection)).size).toBe(contracts.length)
  })

  test('isRegistered() refuses an object that is only shaped like a contract', () => {
    expect(isRegistered(contractOf('mobileApps'))).toBe(true)
    expect(isRegistered({ ...contractOf('mobileApps') })).toBe(false)
  })

  test('requiredPermissions() of one type asks for nothing that only other types need', () => {
    expect(requiredPermissions([contractOf('termsAndConditions')]).write).toEqual([
      'DeviceManagementServiceConfig.ReadWrite.All',
    ])
  })
})
