/** Calls a second of `call`, made by so many callers at once for so long. The first calls warm up and are not counted. */
export async function callsPerSecond(
  { callers, warmUpMs, seconds }: { callers: number; warmUpMs: number; seconds: number },
  call: (n: number) => Promise<unknown>,
): Promise<number> {
  let calls = 0
  const callUntil = async (end: number) => {
    while (performance.now() < end) await call((calls += 1))
  }
  const all = (end: number) => Promise.all(Array.from({ length: callers }, () => callUntil(end)))
  await all(performance.now() + warmUpMs)
  const [before, beganAt] = [calls, performance.now()]
  await all(beganAt + seconds * 1000)
  return (calls - before) / ((performance.now() - beganAt) / 1000)
}

/** The median milliseconds of `call` for each subject. They take turns, one call each, `n` times after the warm-up. */
export async function takeTurns<T>(
  { n, warmUp }: { n: number; warmUp: number },
  subjects: readonly T[],
  call: (subject: T, n: number) => Promise<unknown>,
): Promise<number[]> {
  const times = subjects.map((): number[] => [])
  for (let turn = 0; turn < warmUp + n; turn += 1) {
    for (const [index, subject] of subjects.entries()) {
      const ms = await millisecondsOf(() => call(subject, turn))
      if (turn >= warmUp) times[index]?.push(ms)
    }
  }
  return times.map((all) => quantile(all, 0.5))
}

/** How long `call` takes. */
export async function millisecondsOf(call: () => Promise<unknown>): Promise<number> {
  const beganAt = performance.now()
  await call()
  return performance.now() - beganAt
}

/** The value below which `share` of the values lie: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

export function quantilesOf(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) }
}
