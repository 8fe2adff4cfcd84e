import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLocalPacer, defaultPacing, PacerBlocked } from '#graph/client/pacer.ts'
import { bucketShape } from '#graph/client/token-bucket.ts'
import { createManualClock, noAbort } from '#graph/client/testing.ts'

describe('createLocalPacer()', () => {
  test('take() keeps every window of 20 seconds below the documented limit', async () => {
    const calls = fc.array(
      fc.record({ n: fc.integer({ min: 1, max: 20 }), idleMs: fc.integer({ min: 0, max: 30_000 }) }),
      {
        minLength: 50,
        maxLength: 200,
      },
    )
    await fc.assert(
      fc.asyncProperty(calls, async (all) => {
        const clock = createManualClock()
        const pacer = createLocalPacer({ requestsPerWindow: 200, writesPerWindow: 20, share: 0.8 }, { clock })
        const sent: { at: number; n: number }[] = []
        for (const { n, idleMs } of all) {
          clock.advance(idleMs % 7 === 0 ? idleMs : 0)
          await pacer.take('any', n, noAbort)
          sent.push({ at: clock.now(), n })
        }
        const inWindow = sent.map(({ at }) =>
          sent.filter((other) => other.at >= at && other.at < at + 20_000).reduce((sum, { n }) => sum + n, 0),
        )
        expect(Math.max(...inWindow)).toBeLessThanOrEqual(200)
      }),
      { numRuns: 60 },
    )
  })

  test('take() sustains the share of the limit', async () => {
    const clock = createManualClock()
    const start = clock.now()
    const pacer = createLocalPacer(defaultPacing, { clock })
    for (let batch = 0; batch < 400; batch += 1) await pacer.take('any', 20, noAbort)
    // 8,000 requests at 40 a second, less the burst of 100.
    expect(clock.now() - start).toBeCloseTo((8_000 - bucketShape(defaultPacing, 'any').capacity) / 0.04, -1)
  })

  test('take() of a write takes from both budgets', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer({ requestsPerWindow: 100, writesPerWindow: 100_000, share: 0.8 }, { clock })
    for (let write = 0; write < 10; write += 1) await pacer.take('write', 1, noAbort)
    expect(clock.slept).toEqual([])
    await pacer.take('write', 1, noAbort)
    expect(clock.slept).toEqual([250])
  })

  test('take() says how long it waited for the budget and how long for Graph', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer({ requestsPerWindow: 20, writesPerWindow: 20, share: 0.8 }, { clock })
    await pacer.take('any', 2, noAbort)
    await pacer.block('any', 300)
    expect(await pacer.take('any', 1, noAbort)).toEqual({ pacedMs: 950, blockedMs: 300 })
  })

  test('block() holds back everything until the last millisecond of the longest pause', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer(defaultPacing, { clock })
    const start = clock.now()
    await pacer.block('any', 2_128)
    await pacer.block('any', 5)
    await pacer.take('write', 1, noAbort)
    expect(clock.now() - start).toBe(2_128)
  })

  test('block() of writes lets reads through', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer(defaultPacing, { clock })
    await pacer.block('write', 30_000)
    await pacer.take('any', 1, noAbort)
    expect(clock.slept).toEqual([])
  })

  test('take() gives up at once when the pause is too long to wait in place', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer(defaultPacing, { clock })
    await pacer.block('any', 3_600_000)
    await expect(pacer.take('any', 1, noAbort)).rejects.toThrow(new PacerBlocked(3_600_000))
    expect(clock.slept).toEqual([])
  })

  test('take() rejects with the reason of an aborted signal and takes nothing', async () => {
    const clock = createManualClock()
    const pacer = createLocalPacer({ requestsPerWindow: 20, writesPerWindow: 20, share: 0.8 }, { clock })
    await expect(pacer.take('any', 2, AbortSignal.abort('cancelled'))).rejects.toBe('cancelled')
    await pacer.take('any', 2, noAbort)
    expect(clock.slept).toEqual([])
  })

  test('writeSlot() is held by one write at a time', async () => {
    const pacer = createLocalPacer(defaultPacing)
    const order: string[] = []
    const first = await pacer.writeSlot(noAbort)
    const second = pacer.writeSlot(noAbort).then((slot) => {
      order.push('second')
      return slot
    })
    await Promise.resolve()
    order.push('first ends')
    first[Symbol.dispose]()
    ;(await second)[Symbol.dispose]()
    expect(order).toEqual(['first ends', 'second'])
  })

  test('writeSlot() that was aborted while waiting does not hold up the next', async () => {
    const pacer = createLocalPacer(defaultPacing)
    const abort = new AbortController()
    const first = await pacer.writeSlot(noAbort)
    const aborted = pacer.writeSlot(abort.signal)
    const third = pacer.writeSlot(noAbort)
    abort.abort('cancelled')
    first[Symbol.dispose]()
    await expect(aborted).rejects.toBe('cancelled')
    ;(await third)[Symbol.dispose]()
  })
})
