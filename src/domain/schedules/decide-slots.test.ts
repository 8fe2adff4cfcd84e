import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { decideSlots, slotTime, type DueSchedule } from '#domain/schedules/decide-slots.ts'

const at = (text: string) => new Date(text)
const nightly = cronSlots({ cron: '0 2 * * *', timeZone: 'UTC' })

function due(change: Partial<DueSchedule>): DueSchedule {
  const nextSlotAt = at('2026-05-05T02:00:00Z')
  return { slots: nightly, place: 0, jitterSeconds: null, catchUp: 'once', nextSlotAt, now: nextSlotAt, ...change }
}

describe('decideSlots()', () => {
  test('starts the slot that is due and goes on with the next', () => {
    expect(decideSlots(due({ now: at('2026-05-05T02:00:01Z') }))).toEqual({
      missed: null,
      start: at('2026-05-05T02:00:00Z'),
      next: { slotAt: at('2026-05-06T02:00:00Z'), dueAt: at('2026-05-06T02:00:00Z') },
    })
  })

  test('runs a slot late while it is younger than its interval', () => {
    expect(decideSlots(due({ now: at('2026-05-06T01:59:59Z') }))).toMatchObject({
      missed: null,
      start: at('2026-05-05T02:00:00Z'),
    })
  })

  test('catches up once, however many slots were missed, and says which', () => {
    expect(decideSlots(due({ now: at('2026-06-01T12:00:00Z') }))).toEqual({
      missed: { from: at('2026-05-05T02:00:00Z'), through: at('2026-05-31T02:00:00Z') },
      start: at('2026-06-01T02:00:00Z'),
      next: { slotAt: at('2026-06-02T02:00:00Z'), dueAt: at('2026-06-02T02:00:00Z') },
    })
  })

  test('counts a slot as missed that the next one has overtaken, also while that waits for its jitter', () => {
    const place = 0.5
    expect(decideSlots(due({ place, now: at('2026-05-06T02:05:00Z') }))).toEqual({
      missed: { from: at('2026-05-05T02:00:00Z'), through: at('2026-05-05T02:00:00Z') },
      start: null,
      next: { slotAt: at('2026-05-06T02:00:00Z'), dueAt: at('2026-05-06T02:07:30Z') },
    })
  })

  test('never runs late where the schedule says so', () => {
    expect(decideSlots(due({ catchUp: 'never', now: at('2026-05-05T02:05:00Z') })).start).not.toBeNull()
    expect(decideSlots(due({ catchUp: 'never', now: at('2026-05-05T02:05:01Z') }))).toMatchObject({
      start: null,
      missed: { from: at('2026-05-05T02:00:00Z'), through: at('2026-05-05T02:00:00Z') },
    })
  })

  test('decides every slot exactly once, whenever somebody looks', () => {
    const slots = cronSlots({ cron: '*/30 * * * *', timeZone: 'Europe/Berlin' })
    const begin = at('2026-10-24T20:00:00Z')
    const pauses = fc.array(fc.integer({ min: 1, max: 8 * 3_600 }), { minLength: 1, maxLength: 40 })
    const catchUps = fc.constantFrom('once' as const, 'never' as const)
    fc.assert(
      fc.property(pauses, fc.double({ min: 0, max: 0.999, noNaN: true }), catchUps, (seconds, place, catchUp) => {
        let now = begin
        let next = slotTime({ slots, place, jitterSeconds: null }, slots.after(begin))
        const expected: Date[] = []
        const decided: Date[] = []
        for (const pause of seconds) {
          now = new Date(now.getTime() + pause * 1_000)
          if (next.dueAt > now) continue
          const first = next.slotAt
          const decision = decideSlots({ slots, place, jitterSeconds: null, catchUp, nextSlotAt: first, now })
          for (let slot = first; slot < decision.next.slotAt; slot = slots.after(slot)) expected.push(slot)
          const { missed, start } = decision
          const through = missed?.through ?? new Date(0)
          for (let slot = missed?.from ?? now; slot <= through; slot = slots.after(slot)) decided.push(slot)
          if (start !== null) decided.push(start)
          expect(decision.next.dueAt.getTime()).toBeGreaterThan(now.getTime())
          next = decision.next
        }
        expect(decided).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})
