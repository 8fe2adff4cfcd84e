import { expect, test } from 'vitest'
import { breaches } from '../violation.ts'
import type { Invariant } from '../violation.ts'
import { casesOf, doubtsAbout } from './judge-plant.ts'
import type { Plant } from './plant.ts'
import type { Played } from './play-planted.ts'
import { plants } from './plants.ts'

const plant: Plant = {
  name: 'test',
  bug: 'a test',
  mistake: 'None.',
  anyway: ['I5'],
  reddens: [{ point: 'run.ended', seeds: [1, 2], violates: ['I4', 'I5'] }],
}

function played(seed: number, invariants: readonly Invariant[], change: Partial<Played> = {}): Played {
  const violations = invariants.flatMap((invariant) => breaches(invariant, ['it is broken']))
  return { point: 'run.ended', seed, isHit: true, seconds: 1, violations, ...change }
}

function doubts(...cases: readonly Played[]): string[] {
  return doubtsAbout({ plant, played: cases, seconds: 1 })
}

test('doubtsAbout() has none of a bug whose row breaks each invariant at one of its seeds', () => {
  expect(doubts(played(1, ['I4']), played(2, ['I5', 'I1']))).toEqual([])
})

test('doubtsAbout() names what holds in spite of the bug', () => {
  expect(doubts(played(1, ['I4']), played(2, []))).toEqual(['run.ended: I5 holds in all of 2 cases'])
})

test('doubtsAbout() takes no case for a proof that was not hit, or not played to its end', () => {
  const brokenOff = played(1, ['I4', 'I5'], { isHit: false })
  expect(doubts(brokenOff)).toContain('run.ended, seed 1: it was not hit')
})

test('doubtsAbout() doubts a bug with which nothing works', () => {
  const [undisturbed] = casesOf([])
  const broken = (...invariants: Invariant[]) => played(undisturbed?.seed ?? 0, invariants, { ...undisturbed })
  const red = [played(1, ['I4', 'I5'])]
  expect(doubts(...red, broken('I5'))).toEqual([])
  expect(doubts(...red, broken('I1'))).toEqual([expect.stringMatching(/^undisturbed, too: .* I1 it is broken$/)])
})

test('doubtsAbout() says what kept a bug from being planted', () => {
  expect(doubtsAbout({ plant, played: [], problem: 'not there', seconds: 1 })).toEqual(['not there'])
})

test('doubtsAbout() wants the control green', () => {
  const control = (...cases: readonly Played[]) => doubtsAbout({ plant: null, played: cases, seconds: 1 })
  expect(control(played(1, []))).toEqual([])
  expect(control(played(1, ['I2']), played(2, [], { isHit: false }))).toEqual([
    'run.ended, seed 1: I2 it is broken',
    'run.ended, seed 2: it was not hit',
  ])
})

test('casesOf() plays each case of the control once', () => {
  const cases = casesOf(plants).map(({ point, seed }) => `${point} ${seed}`)
  expect(new Set(cases).size).toBe(cases.length)
  for (const one of plants) {
    for (const { point, seeds } of one.reddens) for (const seed of seeds) expect(cases).toContain(`${point} ${seed}`)
  }
})
