/** The arithmetic of pacing, without time of its own. */
export interface BucketShape {
  readonly capacity: number
  readonly ratePerMs: number
}

export interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

export interface PacingLimits {
  /** Requests of any kind Graph documents per 20 s, app and tenant. */
  readonly requestsPerWindow: number
  /** Writes Graph documents per 20 s, app and tenant. */
  readonly writesPerWindow: number
  /** The share of both that is used, above 0 and at most 1. */
  readonly share: number
}

export type PaceClass = 'any' | 'write'

/** The documented limits of Intune (protocol/throttling.json), of which 80 % are used. */
export const defaultPacing: PacingLimits = { requestsPerWindow: 1000, writesPerWindow: 100, share: 0.8 }

const windowMs = 20_000

/**
 * The rate is the share of the limit; the burst half of what is left. So no 20 s window holds more than rate and burst,
 * and the other half is there for blocks that several processes have leased and not yet used.
 */
export function bucketShape(limits: PacingLimits, paceClass: PaceClass): BucketShape {
  const limit = paceClass === 'write' ? limits.writesPerWindow : limits.requestsPerWindow
  // 1 − 0.8 is a little less than 0.2.
  const capacity = Math.max(1, Math.floor((limit * (1 - limits.share)) / 2 + 1e-9))
  return { capacity, ratePerMs: (limit * limits.share) / windowMs }
}

export function refilled(bucket: Bucket, shape: BucketShape, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs)
  return {
    tokens: Math.min(shape.capacity, bucket.tokens + elapsedMs * shape.ratePerMs),
    atMs: Math.max(nowMs, bucket.atMs),
  }
}

/** Milliseconds until `n` may be taken; 0: now. More than the bucket holds is taken from a full one, into debt. */
export function waitForTokensMs(bucket: Bucket, shape: BucketShape, n: number): number {
  const missing = Math.min(n, shape.capacity) - bucket.tokens
  // A token that is short by a rounding error is there.
  return missing <= 1e-9 ? 0 : Math.ceil(missing / shape.ratePerMs)
}
