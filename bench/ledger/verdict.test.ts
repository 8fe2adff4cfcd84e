import { expect, test } from 'vitest'
import { fullSizes } from './sizes.ts'
import { checksOf, type Figures } from './verdict.ts'
import { timesMore } from './whole-life.ts'

const fast = { p50: 1, p99: 2 }
const flat = { small: 1, large: 1.1, ratio: 1.1 }

const good: Figures = {
  machine: { insertsPerSecond: 15_000, selectsPerSecond: 40_000 },
  starts: { hit: 12_000, miss: 5_000 },
  startToHandler: { p50: 3, p99: 6 },
  wholeLife: [
    { name: 'TenantAtlas', rounds: [1_600, 1_800, 2_000], perSecond: 1_800 },
    { name: 'pg-boss 12', rounds: [700, 700, 700], perSecond: 700 },
    { name: 'graphile-worker 0.18', rounds: [600, 600, 600], perSecond: 600 },
    { name: 'BullMQ 6', rounds: [5_000, 5_000, 5_000], perSecond: 5_000 },
  ],
  claim: fast,
  fairness: { quiet: fast, noisy: { p50: 2, p99: 4 } },
  growth: { hit: flat, miss: flat, 're-run after cooldown': flat, 'claim and end': flat },
  retention: { deleted: 1_000_000, seconds: 60, without: fast, meanwhile: { p50: 2, p99: 4 } },
}

function failed(figures: Figures): string[] {
  return checksOf(figures, fullSizes)
    .filter((check) => !check.ok)
    .map((check) => check.name)
}

test('checksOf() passes figures that meet every goal, and does not compare with BullMQ', () => {
  expect(failed(good)).toEqual([])
  expect(checksOf(good, fullSizes).map(({ name }) => name)).not.toContainEqual(expect.stringContaining('BullMQ'))
})

test('checksOf() fails each goal that is missed, by itself', () => {
  const slow = { p50: 6, p99: 16 }
  const steep = { small: 1, large: 1.3, ratio: 1.3 }
  const [product, ...peers] = good.wholeLife
  const misses: readonly [Partial<Figures>, number][] = [
    [{ starts: { hit: 9_999, miss: 3_999 } }, 2],
    [{ startToHandler: slow }, 2],
    [{ claim: { p50: 5.1, p99: 6 } }, 1],
    [{ fairness: { quiet: fast, noisy: { p50: 1, p99: 4.1 } } }, 1],
    [{ growth: { hit: steep, miss: steep, 're-run after cooldown': steep, 'claim and end': steep } }, 4],
    [{ retention: { ...good.retention, deleted: 999_999 } }, 1],
    [{ retention: { ...good.retention, meanwhile: slow } }, 1],
    [{ wholeLife: [{ name: 'TenantAtlas', rounds: [1_000, 1_000, 1_000], perSecond: 1_000 }, ...peers] }, 3],
    [{ wholeLife: product === undefined ? [] : [product] }, 2],
  ]
  for (const [missed, checks] of misses) expect(failed({ ...good, ...missed })).toHaveLength(checks)
})

test('checksOf() does not take what was not measured for met', () => {
  const nothing = { p50: Number.NaN, p99: Number.NaN }
  expect(failed({ ...good, claim: nothing })).toHaveLength(1)
  expect(failed({ ...good, retention: { ...good.retention, without: nothing } })).toHaveLength(1)
})

test('timesMore() compares round by round, so that what the machine did meanwhile hits both', () => {
  const ours = { name: 'a', rounds: [100, 1_000, 300], perSecond: 300 }
  const theirs = { name: 'b', rounds: [50, 500, 100], perSecond: 100 }
  expect(timesMore(ours, theirs)).toBe(2)
})
