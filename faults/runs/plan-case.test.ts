import { describe, expect, test } from 'vitest'
import { describeBlow } from './blow.ts'
import { planCase } from './plan-case.ts'
import { failpoints, points } from './rows.ts'
import { visitsOf } from './scene.ts'

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)

describe('planCase()', () => {
  test('makes the same case of the same point and seed', () => {
    for (const point of points) expect(planCase(point, 7)).toEqual(planCase(point, 7))
  })

  test('kills at the failpoint its point is named after', () => {
    for (const point of failpoints) {
      for (const seed of seeds) {
        const { blow } = planCase(point as (typeof points)[number], seed)
        expect(describeBlow(blow)).toContain(point)
      }
    }
  })

  test('names only visits that the undisturbed run makes', () => {
    const kills = points.flatMap((point) =>
      seeds.flatMap((seed) => {
        const { blow, scene } = planCase(point, seed)
        const named = blow.kind === 'kill' ? blow.kills : blow.kind === 'blocked' ? [blow.kill] : []
        return named.map((kill) => ({ ...kill, visits: visitsOf(scene) }))
      }),
    )
    const missed = kills.filter(
      ({ failpoint, at, visits }) =>
        (failpoint.startsWith('run.items_record') && at > visits.record) ||
        (failpoint.startsWith('run.items_plan') && at > visits.plan),
    )
    expect(missed).toEqual([])
  })

  test('draws every operation, refused types, and early and late items', () => {
    const cases = seeds.map((seed) => planCase('run.items_recorded', seed))
    expect(new Set(cases.map(({ scene }) => scene.operation)).size).toBe(3)
    expect(cases.some(({ scene }) => scene.refused !== null)).toBe(true)
    const visits = new Set(cases.map(({ blow }) => (blow.kind === 'kill' ? blow.kills[0]?.at : 0)))
    expect(visits.size).toBeGreaterThan(4)
  })
})
