import type { SimObject } from '../world.ts'

/** Eventual consistency: an object that reads for a while as it was before a write. */
export interface StaleReads {
  /** Shows `before` instead of the object until a time, or for some reads. */
  hide(object: SimObject, before: SimObject, until: { readonly at?: number; readonly reads?: number }): void
  view(object: SimObject, now: number): SimObject
}

interface Older {
  readonly before: SimObject
  readonly at: number
  readsLeft: number
}

export function createStaleReads(): StaleReads {
  const older = new Map<SimObject, Older>()
  return {
    hide(object, before, { at = Number.POSITIVE_INFINITY, reads = Number.POSITIVE_INFINITY }) {
      // While an older state still shows, a second write hides behind it too: reads never go forth and back.
      const shown = older.get(object)?.before ?? before
      older.set(object, { before: shown, at, readsLeft: reads })
    },
    view(object, now) {
      const found = older.get(object)
      if (!found) return object
      if (now >= found.at || found.readsLeft <= 0) {
        older.delete(object)
        return object
      }
      found.readsLeft -= 1
      return found.before
    },
  }
}
