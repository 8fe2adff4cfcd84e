import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settleItem } from '#domain/restore/settle-item.ts'
import type { LastAnswer, LiveIs, Settlement, Sighting } from '#domain/restore/settle-item.ts'

const liveStates: readonly LiveIs[] = ['desired', 'before', 'between', 'other']
const answers: readonly LastAnswer[] = ['none', 'accepted', 'unknown', 'refused']

function words(settlement: Settlement): string {
  return settlement.is === 'verified' && settlement.recovered ? 'verified (recovered)' : settlement.is
}

function table(by: Sighting['by'], sends: number): string[] {
  return answers.map((answer) => {
    const row = liveStates.map((live) => `${live}: ${words(settleItem({ live, answer, by, sends }))}`)
    return `${answer} → ${row.join(', ')}`
  })
}

describe('settleItem', () => {
  test('gives the sender this table', () => {
    expect(table('sender', 1)).toEqual([
      'none → desired: verified (recovered), before: unknown, between: unknown, other: conflict',
      'accepted → desired: verified, before: not_verified, between: not_verified, other: conflict',
      'unknown → desired: verified (recovered), before: unknown, between: unknown, other: conflict',
      'refused → desired: verified (recovered), before: resend, between: resend, other: conflict',
    ])
  })

  test('gives the successor of a lost worker this table', () => {
    expect(table('successor', 1)).toEqual([
      'none → desired: verified (recovered), before: resend, between: resend, other: conflict',
      'accepted → desired: verified (recovered), before: not_verified, between: resend, other: conflict',
      'unknown → desired: verified (recovered), before: unknown, between: unknown, other: conflict',
      'refused → desired: verified (recovered), before: resend, between: resend, other: conflict',
    ])
  })

  test('sends nothing a third time that may have been sent twice', () => {
    expect(table('successor', 2)[0]).toBe(
      'none → desired: verified (recovered), before: unknown, between: unknown, other: conflict',
    )
  })
})

const sightings = fc.record({
  live: fc.constantFrom(...liveStates),
  answer: fc.constantFrom(...answers),
  by: fc.constantFrom('sender' as const, 'successor' as const),
  sends: fc.integer({ min: 1, max: 4 }),
})

describe('settleItem, whatever is seen,', () => {
  test('says verified exactly when live is what was desired', () => {
    fc.assert(
      fc.property(sightings, (sighting) => {
        expect(settleItem(sighting).is === 'verified').toBe(sighting.live === 'desired')
      }),
    )
  })

  test('writes nothing over what somebody else made of it', () => {
    fc.assert(
      fc.property(sightings, (sighting) => {
        expect(sighting.live !== 'other' || settleItem(sighting).is === 'conflict').toBe(true)
      }),
    )
  })

  test('sends again only what was refused, or what a successor saw not to have arrived', () => {
    fc.assert(
      fc.property(sightings, (sighting) => {
        if (settleItem(sighting).is !== 'resend' || sighting.answer === 'refused') return
        expect(sighting.by).toBe('successor')
        expect(sighting.answer).not.toBe('unknown')
        expect(sighting.answer === 'none' ? sighting.sends < 2 : sighting.live === 'between').toBe(true)
      }),
    )
  })
})
