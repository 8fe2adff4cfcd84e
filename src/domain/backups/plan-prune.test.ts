import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planPrune, type PrunableSet } from '#domain/backups/plan-prune.ts'
import { asId } from '#foundation/kernel/ids.ts'

const now = new Date('2026-05-05T12:00:00Z')

function set(daysOld: number, change: Partial<PrunableSet> = {}): PrunableSet {
  const createdAt = new Date(now.getTime() - daysOld * 86_400_000)
  return { id: asId(`set ${daysOld}`), state: 'complete', createdAt, isPinned: false, isInUse: false, ...change }
}

const kept = (sets: readonly PrunableSet[], rule: Parameters<typeof planPrune>[1]) =>
  planPrune(sets, rule, now).map(({ set: one, keep }) => `${one.id}: ${keep}`)

describe('planPrune()', () => {
  test('keeps the newest N', () => {
    expect(kept([set(0), set(1), set(2), set(3)], { keepLast: 2 })).toEqual([
      'set 0: newest',
      'set 1: keep_last',
      'set 2: null',
      'set 3: null',
    ])
  })

  test('keeps what is younger than the days', () => {
    expect(kept([set(0), set(6), set(7)], { keepDays: 7 })).toEqual([
      'set 0: newest',
      'set 6: keep_days',
      'set 7: null',
    ])
  })

  test('keeps what either rule keeps', () => {
    expect(kept([set(0), set(10), set(20), set(30)], { keepLast: 2, keepDays: 25 })).toEqual([
      'set 0: newest',
      'set 10: keep_last',
      'set 20: keep_days',
      'set 30: null',
    ])
  })

  test('keeps everything without a rule', () => {
    expect(kept([set(0), set(900)], {})).toEqual(['set 0: newest', 'set 900: no_rule'])
  })

  test('never lets go what is pinned, in use, being captured, or the newest complete one', () => {
    const sets = [
      set(0, { state: 'failed' }),
      set(1, { state: 'capturing' }),
      set(2, { state: 'partial' }),
      set(3, { state: 'partial' }),
      set(400),
      set(500, { isPinned: true }),
      set(600, { isInUse: true }),
      set(700),
    ]
    expect(kept(sets, { keepDays: 1 })).toEqual([
      'set 0: keep_days',
      'set 1: capturing',
      'set 2: newest',
      'set 3: null',
      'set 400: newest',
      'set 500: pinned',
      'set 600: in_use',
      'set 700: null',
    ])
  })

  test('lets a failed set go with those of its age: it keeps no place of a usable one', () => {
    const sets = [set(0), set(1, { state: 'failed' }), set(2), set(3, { state: 'failed' })]
    expect(kept(sets, { keepLast: 2 })).toEqual([
      'set 0: newest',
      'set 1: keep_last',
      'set 2: keep_last',
      'set 3: null',
    ])
  })

  test('always leaves a set to restore from, when there was one', () => {
    const states = fc.constantFrom('complete', 'partial', 'failed', 'capturing')
    const anySets = fc.array(fc.record({ state: states, isPinned: fc.boolean(), isInUse: fc.boolean() }), {
      maxLength: 12,
    })
    const anyRule = fc.record(
      { keepLast: fc.integer({ min: 1, max: 5 }), keepDays: fc.integer({ min: 1, max: 5 }) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anySets, anyRule, (rows, rule) => {
        const sets = rows.map((row, daysOld) => set(daysOld, row as Partial<PrunableSet>))
        const plan = planPrune(sets, rule, now)
        for (const state of ['complete', 'partial']) {
          const newest = plan.find(
            ({ set: one }) => one.state === state || (state === 'partial' && one.state === 'complete'),
          )
          expect(newest?.keep ?? 'none').not.toBe(null)
        }
        expect(plan.filter(({ set: one, keep }) => (one.isPinned || one.isInUse) && keep === null)).toEqual([])
      }),
    )
  })
})
