import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { windowsSecurityAreas } from './settings-areas-windows-security.ts'
import { parseNotation, settingsFor } from './settings-catalog.ts'

describe('parseNotation()', () => {
  it.each([
    ['allowscripts=1|0', { name: 'allowscripts', kind: 'choice', values: ['1', '0'], children: [] }],
    ['length#8|12', { name: 'length', kind: 'integer', values: ['8', '12'], children: [] }],
    ['url"https://a=b', { name: 'url', kind: 'string', values: ['https://a=b'], children: [] }],
    ['paths[]C:\\a;D:\\b', { name: 'paths', kind: 'list', values: ['C:\\a;D:\\b'], children: [] }],
  ])('reads %s', (text, notation) => {
    expect(parseNotation(text)).toEqual(notation)
  })

  it('reads children of children', () => {
    const { kind, children } = parseNotation('rules*{name"a, mode=1{level#3, list[]x;y}}')
    expect(kind).toBe('groups')
    expect(children.map(({ name, kind: childKind }) => [name, childKind])).toEqual([
      ['name', 'string'],
      ['mode', 'choice'],
    ])
    expect(children[1]?.children.map(({ name }) => name)).toEqual(['level', 'list'])
  })
})

describe('settingsFor()', () => {
  const [defender] = windowsSecurityAreas
  if (!defender) throw new Error('There is a first area.')

  it('numbers the settings of a policy from 0', () => {
    const settings = settingsFor(defender, createRandom('a'), 0.5)
    expect(settings.length).toBeGreaterThan(8)
    expect(settings.map(({ id }) => id)).toEqual(settings.map((_, index) => String(index)))
  })

  it('gives at least one setting', () => {
    expect(settingsFor(defender, createRandom('a'), 0)).toHaveLength(1)
  })

  it('shares equal settings between policies, frozen so that none can change for another', () => {
    const first = settingsFor(defender, createRandom('same'), 1)
    const second = settingsFor(defender, createRandom('same'), 1)
    expect(second.every((setting, index) => setting === first[index])).toBe(true)
    expect(Object.isFrozen(first[0])).toBe(true)
    expect(Object.isFrozen(first[0]?.['settingInstance'])).toBe(true)
  })
})
