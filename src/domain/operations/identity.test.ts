import { expect, describe, test } from 'vitest'
import type { InputOf } from '#domain/operations/catalog.ts'
import { identityOf } from '#domain/operations/identity.ts'
import { newId, type PolicyId } from '#foundation/kernel/ids.ts'

const [one, two] = [newId<PolicyId>(), newId<PolicyId>()]

function fetchIdentity(what: InputOf<'assignments.fetch'>['what']): string {
  return identityOf('assignments.fetch', { what }).toString('hex')
}

describe('identityOf()', () => {
  test('is what was agreed, byte for byte: stored rows depend on it', () => {
    expect(fetchIdentity({ kind: 'all' })).toBe('40cd6af6d0373b3c3c78bd8045c5fc9ae7fe7a819396088e929af97fd2abc0ba')
  })

  test('does not depend on order or repetition of a list', () => {
    const identity = fetchIdentity({ kind: 'policies', policyIds: [one, two] })
    expect(fetchIdentity({ kind: 'policies', policyIds: [two, one, two] })).toBe(identity)
    expect(fetchIdentity({ kind: 'policies', policyIds: [one] })).not.toBe(identity)
  })

  test('differs per operation and per what it works on', () => {
    const all = [
      identityOf('inventory.sync', {}),
      identityOf('connection.verify', {}),
      identityOf('backup.capture', {}),
      identityOf('backup.capture', { types: ['intents'] }),
    ]
    expect(new Set(all.map((identity) => identity.toString('hex'))).size).toBe(4)
  })

  test('leaves out what does not make another operation', () => {
    expect(identityOf('backup.capture', { note: 'before the change' })).toEqual(identityOf('backup.capture', {}))
  })
})
