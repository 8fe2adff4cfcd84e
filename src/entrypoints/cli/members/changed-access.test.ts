import { expect, test } from 'vitest'
import { changedAccess } from '#entrypoints/cli/members/changed-access.ts'

const everywhere = { role: 'operator', allTenants: true, tenants: [] } as const
const inTwo = {
  role: 'operator',
  allTenants: false,
  tenants: [
    { tenant: 'contoso', role: 'operator' },
    { tenant: 'fabrikam', role: 'readonly' },
  ],
} as const

test('changedAccess() leaves what is not said', () => {
  expect(changedAccess(inTwo, { narrower: [] })).toEqual(inTwo)
  expect(changedAccess(everywhere, { role: 'manager', narrower: [] })).toEqual({ ...everywhere, role: 'manager' })
})

test('changedAccess() takes tenants along to another role, and leaves narrower ones', () => {
  expect(changedAccess(inTwo, { role: 'manager', narrower: [] }).tenants).toEqual([
    { tenant: 'contoso', role: 'manager' },
    { tenant: 'fabrikam', role: 'readonly' },
  ])
})

test('changedAccess() replaces the tenants by those named, or by all', () => {
  expect(changedAccess(everywhere, { only: ['contoso'], narrower: [] })).toEqual({
    role: 'operator',
    allTenants: false,
    tenants: [{ tenant: 'contoso', role: 'operator' }],
  })
  expect(changedAccess(inTwo, { only: null, narrower: [] })).toEqual(everywhere)
})

test('changedAccess() narrows single tenants', () => {
  const narrower = [{ tenant: 'contoso', role: 'readonly' }] as const
  expect(changedAccess(everywhere, { narrower })).toEqual({ ...everywhere, tenants: narrower })
  expect(changedAccess(everywhere, { only: ['contoso', 'fabrikam'], narrower }).tenants).toEqual([
    { tenant: 'fabrikam', role: 'operator' },
    { tenant: 'contoso', role: 'readonly' },
  ])
})
