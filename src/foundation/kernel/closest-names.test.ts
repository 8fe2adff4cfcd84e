import { describe, expect, test } from 'vitest'
import { closestNames, didYouMean } from '#foundation/kernel/closest-names.ts'

const names = ['Contoso Ltd', 'Contoso Retail', 'Fabrikam', 'Woodgrove Bank']

describe('closestNames()', () => {
  test('finds names that contain the text, whatever the case', () => {
    expect(closestNames('contoso', names)).toEqual(['Contoso Ltd', 'Contoso Retail'])
  })

  test('finds a name with a slip of the finger', () => {
    expect(closestNames('fabirkam', names)).toEqual(['Fabrikam'])
  })

  test('suggests nothing far-fetched', () => {
    expect(closestNames('northwind', names)).toEqual([])
  })

  test('prefers the shorter of two that are as near', () => {
    expect(closestNames('mobileApp', ['mobileAppConfigurations', 'mobileApps'])[0]).toBe('mobileApps')
  })

  test('gives at most the limit', () => {
    expect(closestNames('o', names, 2)).toHaveLength(2)
  })
})

describe('didYouMean()', () => {
  test('is one question, or nothing', () => {
    expect(didYouMean('contoso', names)).toBe(' Did you mean "Contoso Ltd" or "Contoso Retail"?')
    expect(didYouMean('fabrikan', names)).toBe(' Did you mean "Fabrikam"?')
    expect(didYouMean('northwind', names)).toBe('')
  })
})
