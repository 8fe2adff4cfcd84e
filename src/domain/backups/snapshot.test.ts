import { describe, expect, test } from 'vitest'
import { makeSnapshot, partHash } from '#domain/backups/snapshot.ts'
import { asId } from '#foundation/kernel/ids.ts'

const owner = {
  workspaceId: asId<never>('11111111-0000-7000-8000-000000000001'),
  tenantId: asId<never>('22222222-0000-7000-8000-000000000002'),
  type: 'configurationPolicies',
  graphId: 'a',
} as const
const content = { payload: { name: 'Disk', b: 1, a: { y: 1, x: 2 } }, assignments: [], scopeTagIds: ['1', '0'] }

describe('makeSnapshot', () => {
  test('is the same for the same policy, whatever the order of its members', () => {
    const again = { payload: { a: { x: 2, y: 1 }, b: 1, name: 'Disk' }, assignments: [], scopeTagIds: ['0', '1'] }
    expect(makeSnapshot(owner, again)).toEqual(makeSnapshot(owner, content))
  })

  test('keeps each part as text whose SHA-256 is its hash', () => {
    const { payload } = makeSnapshot(owner, content)
    expect(payload.body).toBe('{"a":{"x":2,"y":1},"b":1,"name":"Disk"}')
    expect(payload.hash).toEqual(partHash(payload.body))
  })

  test('is bound to workspace, tenant, type and policy', () => {
    const others = [
      { ...owner, workspaceId: asId<never>('11111111-0000-7000-8000-000000000009') },
      { ...owner, tenantId: asId<never>('22222222-0000-7000-8000-000000000009') },
      { ...owner, type: 'compliancePolicies' as const },
      { ...owner, graphId: 'b' },
    ]
    const hashes = [owner, ...others].map((other) => makeSnapshot(other, content).hash.toString('hex'))
    expect(new Set(hashes).size).toBe(5)
  })

  test('tells no assignments from assignments that a type does not have', () => {
    expect(makeSnapshot(owner, { ...content, assignments: null }).hash).not.toEqual(makeSnapshot(owner, content).hash)
  })

  test('refuses text that has no exact form', () => {
    expect(() => makeSnapshot(owner, { ...content, payload: { name: '\ud800' } })).toThrow('surrogate')
  })
})
