import { expect, test } from 'vitest'
import { pickTenant } from '#entrypoints/cli/pick-tenant.ts'

const tenant = (n: number, name: string) => ({
  id: `0190c0de-0000-4000-8000-00000000000${n}`,
  entraTenantId: `8c1f0000-0000-4000-8000-00000000000${n}`,
  name,
})
const contoso = tenant(1, 'Contoso')
const fabrikam = tenant(2, 'Fabrikam')
const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

test.each([contoso.id, contoso.entraTenantId.toUpperCase(), 'Contoso', 'contoso'])(
  'pickTenant() finds by public id, Entra id and name, whatever the case: %s',
  (text) => {
    expect(pickTenant([contoso, fabrikam], text)).toBe(contoso)
  },
)

test('pickTenant() says what was perhaps meant', () => {
  expect(() => pickTenant([contoso, fabrikam], 'Contso')).toThrow(refusal('not_found', 'Did you mean "Contoso"?'))
  expect(() => pickTenant([contoso, fabrikam], 'Woodgrove')).toThrow(
    refusal('not_found', 'There is no tenant "Woodgrove"'),
  )
})

test('pickTenant() takes the only one without a text, and asks for a name when there are several', () => {
  const louder = tenant(3, 'CONTOSO')
  expect(() => pickTenant([], undefined)).toThrow(refusal('not_found', 'tenantatlas tenant add'))
  expect(pickTenant([contoso], undefined)).toBe(contoso)
  expect(() => pickTenant([contoso, louder], undefined)).toThrow(refusal('ambiguous', '--tenant'))
  expect(() => pickTenant([contoso, louder], 'contoso')).toThrow(refusal('ambiguous', 'give the id'))
  expect(pickTenant([contoso, louder], 'Contoso')).toBe(contoso)
})
