import { describe, expect, test } from 'vitest'
import { capabilitiesOfRole, isAtLeast, narrower } from '#domain/access/capabilities.ts'
import { capabilities, roles } from '#foundation/kernel/capability.ts'

describe('capabilitiesOfRole', () => {
  test('is this table: a change of who may do what is a decision', () => {
    const table = capabilities.map((capability) => {
      const allowed = roles.filter((role) => capabilitiesOfRole[role].includes(capability))
      return `${capability}: ${allowed.join(' ')}`
    })
    expect(table).toEqual([
      'tenant.view: owner manager operator readonly',
      'tenant.manage: owner manager',
      'connections.manage: owner manager',
      'connections.verify: owner manager operator',
      'inventory.view: owner manager operator readonly',
      'inventory.sync: owner manager operator',
      'backups.view: owner manager operator readonly',
      'backups.manage: owner manager operator',
      'restore.plan: owner manager operator',
      'restore.execute: owner manager',
      'restore.approve: owner manager',
      'operations.view: owner manager operator readonly',
      'operations.start: owner manager operator',
      'operations.cancel: owner manager operator',
      'operations.manage: owner manager',
      'operations.override_cooldown: owner manager',
      'notifications.manage: owner manager',
      'schedules.manage: owner manager operator',
      'retention.manage: owner manager',
      'audit.view: owner manager',
      'members.manage: owner',
      'members.view: owner manager operator readonly',
      'keys.own: owner manager operator readonly',
      'workspace.manage: owner',
    ])
  })
})

test('narrower() is the role that may less, whichever comes first', () => {
  for (const role of roles) {
    for (const other of roles) {
      const may = capabilitiesOfRole[narrower(role, other)]
      expect(capabilitiesOfRole[role]).toEqual(expect.arrayContaining([...may]))
      expect(capabilitiesOfRole[other]).toEqual(expect.arrayContaining([...may]))
      expect(isAtLeast(role, other) || isAtLeast(other, role)).toBe(true)
    }
  }
})
