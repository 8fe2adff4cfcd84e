import { expect, test } from 'vitest'
import { planCase, points } from './plan-case.ts'
import { visitsOf } from './scene.ts'

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)

test('planCase() makes the same case of the same point and seed', () => {
  for (const point of points) expect(planCase(point, 7)).toEqual(planCase(point, 7))
})

test('planCase() names only visits that the undisturbed run makes', () => {
  for (const point of points.filter((one) => one.startsWith('restore.'))) {
    for (const seed of seeds) {
      const { blow, scene } = planCase(point, seed)
      expect(blow.kind === 'kill' && blow.at <= visitsOf(scene).request).toBe(true)
    }
  }
})

test('planCase() hits early, late and in between, and every run of a case', () => {
  const visits = seeds
    .map((seed) => planCase('restore.sending', seed).blow)
    .map((blow) => (blow.kind === 'kill' ? blow.at : 0))
  expect(new Set(visits)).toEqual(new Set(Array.from({ length: Math.max(...visits) }, (_, index) => index + 1)))
  expect(new Set(seeds.map((seed) => planCase('run.claimed', seed).phase))).toEqual(
    new Set(['backup', 'preview', 'restore']),
  )
})

test('planCase() draws scenes in which every policy is wrecked', () => {
  for (const seed of seeds) {
    const { policies } = planCase('restore.sending', seed).scene
    expect(policies.filter(({ isPerTarget }) => isPerTarget)).toHaveLength(2)
    for (const { desired, wrecked } of policies) expect(wrecked).not.toEqual(desired)
  }
})
