import { expect, test } from 'vitest'
import { pickWorkspace } from '#entrypoints/cli/pick-workspace.ts'

const contoso = { id: '0190c0de-0000-7000-8000-000000000001', slug: 'contoso-it', name: 'Contoso IT' }
const fabrikam = { id: '0190c0de-0000-7000-8000-000000000002', slug: 'fabrikam', name: 'Fabrikam' }
const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

test('pickWorkspace() takes the only one, and wants a name where there are several', () => {
  expect(() => pickWorkspace([], undefined)).toThrow(refusal('missing_configuration', 'ask an owner'))
  expect(pickWorkspace([contoso], undefined)).toBe(contoso)
  expect(() => pickWorkspace([contoso, fabrikam], undefined)).toThrow(refusal('ambiguous', 'contoso-it, fabrikam'))
})

test.each(['fabrikam', 'Fabrikam', fabrikam.id])('pickWorkspace() finds by %s', (text) => {
  expect(pickWorkspace([contoso, fabrikam], text)).toBe(fabrikam)
})

test('pickWorkspace() says what was perhaps meant', () => {
  expect(() => pickWorkspace([contoso, fabrikam], 'fabrikan')).toThrow(refusal('not_found', 'Did you mean "fabrikam"?'))
})
