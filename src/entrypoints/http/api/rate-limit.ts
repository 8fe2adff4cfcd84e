import { Failure } from '#foundation/kernel/failure.ts'

/** How fast somebody may ask: so many at once, and so many a second after that. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export const rates = {
  read: { burst: 200, perSecond: 50 },
  change: { burst: 100, perSecond: 20 },
  /** Of everybody behind one address together. */
  signIn: { burst: 20, perSecond: 0.2 },
  signedOut: { burst: 60, perSecond: 5 },
} as const satisfies Record<string, Rate>

export type RateName = keyof typeof rates

interface Bucket {
  tokens: number
  filledAt: number
}

const mostBuckets = 20_000

/** Token buckets of this process, one per actor and kind of request. */
export interface RateLimit {
  /** @throws Failure `too_many_requests` with how long to wait */
  take(name: RateName, actor: string): void
}

/** Refuses nobody: for whoever measures or searches, never for a server that people reach. */
export const unlimited: RateLimit = { take: () => undefined }

export function createRateLimit(now: () => number = () => performance.now()): RateLimit {
  const buckets = new Map<string, Bucket>()
  return {
    take: (name, actor) => {
      const rate = rates[name]
      const key = `${name} ${actor}`
      const bucket = buckets.get(key) ?? { tokens: rate.burst, filledAt: now() }
      bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now() - bucket.filledAt) / 1_000) * rate.perSecond)
      bucket.filledAt = now()
      // Taken out and put back, so that the longest unused is the first one.
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value ?? '')
      if (bucket.tokens < 1) {
        const retryAfterMs = Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1_000)
        throw new Failure('too_many_requests', 'Too many requests in a short time.', { retryAfterMs })
      }
      bucket.tokens -= 1
    },
  }
}
