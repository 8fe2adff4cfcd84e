import { describe, expect, it } from 'vitest'
import { hasSharedGraph } from '../testing-shared-graph.ts'
import { makeShapes, type Metadata } from './make-shapes.ts'
import { shapeOf } from './shapes.ts'
import { createMetadataCheck, readMetadata } from './testing-metadata.ts'

const small: Metadata = {
  types: {
    entity: { properties: { id: 'Edm.String!' } },
    policy: {
      base: 'entity',
      properties: {
        name: 'Edm.String',
        count: 'Edm.Int32!',
        tags: 'Collection(Edm.String)',
        mode: 'graph.mode!',
        part: 'graph.part!',
      },
      navigation: { rows: 'Collection(graph.part)' },
    },
    part: { properties: { isOn: 'Edm.Boolean!', at: 'Edm.DateTimeOffset' } },
  },
  enums: { mode: { members: ['off', 'on'] } },
}

describe('shapeOf()', () => {
  it('has all properties of a type, its own and inherited', () => {
    expect(shapeOf('windows10CompliancePolicy')).toMatchObject({
      bitLockerEnabled: false,
      osMinimumVersion: null,
      roleScopeTagIds: [],
    })
    expect(shapeOf('windows10CompliancePolicy')).toHaveProperty('displayName')
    expect(shapeOf('windows10CompliancePolicy')).not.toHaveProperty('passcodeRequired')
    expect(shapeOf('win32LobApp')).not.toHaveProperty('isAssigned')
  })

  it('says what to do when a type is missing', () => {
    expect(() => shapeOf('noSuchPolicy')).toThrow('add it to make-shapes.ts')
  })
})

describe.skipIf(!hasSharedGraph)('shapes.json beside the metadata (../shared/graph)', () => {
  it('is what make-shapes.ts makes of it', () => {
    const made = makeShapes(readMetadata())
    expect(Object.keys(made).length).toBeGreaterThan(100)
    for (const [type, shape] of Object.entries(made)) expect(shapeOf(type)).toEqual(shape)
  })
})

describe('createMetadataCheck()', () => {
  const check = createMetadataCheck(small)
  const policy = {
    id: '1',
    name: null,
    count: 2,
    tags: ['a'],
    mode: 'on',
    part: { isOn: true, at: '2026-01-01T00:00:00Z' },
  }

  it('finds nothing wrong with a right object', () => {
    expect(check(policy, 'policy')).toEqual([])
    expect(check({ ...policy, rows: [{ isOn: false, at: null }] }, 'policy')).toEqual([])
  })

  it.each([
    ['an unknown property', { ...policy, colour: 1 }, 'policy.colour: unknown'],
    ['a null where none may be', { ...policy, count: null }, 'policy.count: must not be null'],
    ['a wrong primitive', { ...policy, count: '2' }, 'policy.count: "2" is no Edm.Int32'],
    ['a wrong enum member', { ...policy, mode: 'dim' }, 'policy.mode: dim is none of mode'],
    [
      'a mistake inside a part',
      { ...policy, part: { isOn: 1, at: null } },
      'policy.part: part.isOn: 1 is no Edm.Boolean',
    ],
    [
      'a wrong instant',
      { ...policy, part: { isOn: true, at: 'today' } },
      'policy.part: part.at: "today" is no Edm.DateTimeOffset',
    ],
    ['another type', { '@odata.type': '#microsoft.graph.part', isOn: true }, 'part: is no policy'],
    ['a list where none is', { ...policy, tags: 'a' }, 'policy.tags: is no list'],
  ])('finds %s', (_, object, problem) => {
    expect(check(object, 'policy')).toEqual([problem])
  })
})
