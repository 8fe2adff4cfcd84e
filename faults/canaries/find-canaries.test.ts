import { describe, expect, test } from 'vitest'
import { Canaries } from './canary.ts'
import { encodings } from './control.ts'
import { findCanaries } from './find-canaries.ts'
import { needlesOf } from './needles.ts'

describe('findCanaries()', () => {
  test.each(Object.keys(encodings))('finds a secret that stands somewhere as %s', (name) => {
    const canaries = new Canaries()
    const content = `${'x'.repeat(999)} ${encodings[name]?.(canaries.make('secret'))} more`
    expect(findCanaries(canaries.all, [{ place: 'log', content }])).not.toEqual([])
  })

  test('finds bytes at every place of base64, in hexadecimal and as they are', () => {
    const value = crypto.getRandomValues(Buffer.alloc(32))
    for (const before of [0, 1, 2, 3]) {
      const whole = Buffer.concat([Buffer.alloc(before, 7), value, Buffer.alloc(5, 7)])
      for (const content of [whole, whole.toString('base64'), whole.toString('base64url'), whole.toString('hex')])
        expect(findCanaries([{ name: 'key', value }], [{ place: 'file', content }])).not.toEqual([])
    }
  })

  test('finds nothing of a secret that is not there', () => {
    const canaries = new Canaries()
    canaries.make('secret')
    const others = new Canaries()
    const content = Object.values(encodings).map((encode) => encode(others.make('other')))
    expect(findCanaries(canaries.all, [{ place: 'log', content: content.join('\n') }])).toEqual([])
  })

  test('tells what stands around a secret, and not the secret', () => {
    const value = 'QmFzZTY0IGlzIG5vdCBzZWNyZXQ5'
    const [finding] = findCanaries([{ name: 'API key', value }], [{ place: 'log', content: `level ${value} end` }])
    expect(finding).toEqual({ canary: 'API key', form: 'plain', place: 'log', around: 'level <API key> end' })
  })
})

test('needlesOf() looks for no piece too short to be certain', () => {
  const canaries = new Canaries()
  canaries.make('secret')
  canaries.learn('recovery code', 'ABCDE-FGHJK')
  const shortest = Math.min(...canaries.all.flatMap(needlesOf).map(({ bytes }) => bytes.length))
  expect(shortest).toBeGreaterThanOrEqual(10)
})
