import { describe, expect, test } from 'vitest'
import { capabilitiesOf, requiredPermissions } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contractOf, contracts, isRegistered } from '#graph/contracts/registry.ts'

describe('capabilitiesOf()', () => {
  test('capabilitiesOf() gives what the golden file says for every type', async () => {
    const { read, write } = requiredPermissions()
    const lines = [...contracts.map(lineOf), '', `reader: ${read.join(' ')}`, `writer: ${write.join(' ')}`, '']
    await expect(lines.join('\n')).toMatchFileSnapshot('./capabilities.golden.txt')
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

function lineOf(contract: PolicyContract): string {
  const { canFetch, canRestore, risk, permissions } = capabilitiesOf(contract)
  const columns = [contract.key.padEnd(40), canFetch ? 'fetch' : '-    ', canRestore.padEnd(11), risk.padEnd(6)]
  return [...columns, ...permissions.read, ...permissions.write].join(' ')
}
