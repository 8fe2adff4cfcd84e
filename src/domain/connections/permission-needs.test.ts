import { describe, expect, test } from 'vitest'
import { contracts } from '#graph/contracts/registry.ts'
import { requiredPermissions } from '#graph/contracts/capabilities.ts'
import { excessPermissions, isGranted, permissionNeeds } from '#domain/connections/permission-needs.ts'

const needs = permissionNeeds(contracts)
const namesOf = (purpose: string) => needs.filter((need) => need.purpose === purpose).map((need) => need.permission)

describe('permissionNeeds()', () => {
  test('asks for exactly what the contracts require, reading and writing apart', () => {
    expect(namesOf('reader')).toEqual(requiredPermissions().read)
    expect(namesOf('writer')).toEqual(requiredPermissions().write)
  })

  test('lets the reader read only', () => {
    expect(namesOf('reader').filter((permission) => !permission.endsWith('.Read.All'))).toEqual([])
  })

  test('says what cannot be done without a permission', () => {
    const apps = needs.find(({ permission }) => permission === 'DeviceManagementApps.Read.All')
    expect(apps?.neededFor).toContain('Apps')
  })
})

describe('isGranted()', () => {
  test('takes the permission, its ReadWrite form, or a wider one', () => {
    expect(isGranted('CloudPC.Read.All', new Set(['CloudPC.Read.All']))).toBe(true)
    expect(isGranted('CloudPC.Read.All', new Set(['CloudPC.ReadWrite.All']))).toBe(true)
    expect(isGranted('GroupMember.Read.All', new Set(['Directory.Read.All']))).toBe(true)
  })

  test('takes nothing narrower or else', () => {
    expect(isGranted('CloudPC.ReadWrite.All', new Set(['CloudPC.Read.All']))).toBe(false)
    expect(isGranted('CloudPC.Read.All', new Set(['DeviceManagementApps.Read.All']))).toBe(false)
  })
})

describe('excessPermissions()', () => {
  test('names what nobody needs, for the reader every permission to write', () => {
    const granted = [...namesOf('reader'), 'DeviceManagementApps.ReadWrite.All', 'Directory.Read.All', 'Mail.Read']
    expect(excessPermissions(needs, 'reader', granted)).toEqual(['DeviceManagementApps.ReadWrite.All', 'Mail.Read'])
    expect(excessPermissions(needs, 'writer', namesOf('writer'))).toEqual([])
  })
})
