import type { Log } from '#foundation/observability/log.ts'

/** Gets the fragment whenever it changed. */
export type OnFragment = (fragment: string) => void

export interface LiveFragments extends Disposable {
  /** Calls back with the fragment now and after every change, until the returned function is called. */
  follow(key: string, render: () => Promise<string>, onFragment: OnFragment): () => void
  /** How many follow; a page that is shown too often is refused. */
  readonly followers: number
}

interface Followed {
  readonly followers: Set<OnFragment>
  readonly timer: NodeJS.Timeout
  last: string | undefined
}

/** Renders what is followed once a second, once for all who follow the same, and never while nobody does. */
export function createLiveFragments({ log, everyMs = 1000 }: { log: Log; everyMs?: number }): LiveFragments {
  const followed = new Map<string, Followed>()

  async function renew(key: string, render: () => Promise<string>): Promise<void> {
    try {
      const fragment = await render()
      const entry = followed.get(key)
      if (entry === undefined || entry.last === fragment) return
      entry.last = fragment
      entry.followers.forEach((onFragment) => onFragment(fragment))
    } catch (error) {
      // The database may be restarting; the next second tries again.
      log.warn({ err: error }, 'live page not rendered')
    }
  }

  function begin(key: string, render: () => Promise<string>): Followed {
    let isRendering = false
    const tick = async () => {
      if (isRendering) return
      isRendering = true
      await renew(key, render)
      isRendering = false
    }
    const entry: Followed = { followers: new Set(), timer: setInterval(() => void tick(), everyMs), last: undefined }
    followed.set(key, entry)
    void tick()
    return entry
  }

  return {
    follow(key, render, onFragment) {
      const entry = followed.get(key) ?? begin(key, render)
      entry.followers.add(onFragment)
      if (entry.last !== undefined) onFragment(entry.last)
      return () => {
        entry.followers.delete(onFragment)
        if (entry.followers.size > 0 || followed.get(key) !== entry) return
        clearInterval(entry.timer)
        followed.delete(key)
      }
    },
    get followers() {
      return [...followed.values()].reduce((sum, { followers }) => sum + followers.size, 0)
    },
    [Symbol.dispose]() {
      followed.forEach(({ timer }) => clearInterval(timer))
      followed.clear()
    },
  }
}
