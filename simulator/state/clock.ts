/** The simulator's time: the machine's, moved by an offset, so that waits of minutes or days take one request. */
export interface Clock {
  readonly now: () => number
  /** Runs `task` once `delayMs` of this clock's time have gone by; moving the clock may make it due at once. */
  later(delayMs: number, task: () => void): void
  moveTo(offsetMs: number): void
  /** Forgets what is still to run. */
  stop(): void
}

interface Pending {
  readonly dueAt: number
  readonly task: () => void
}

/** Node fires timers with a longer delay at once; a task further away is looked at again when one fires. */
const longestTimerMs = 2 ** 31 - 1

export function createClock(machineNow: () => number = Date.now): Clock {
  let offset = 0
  let pending: Pending[] = []
  let timer: NodeJS.Timeout | undefined
  const now = () => machineNow() + offset

  function runDue(): void {
    const due = pending.filter((one) => one.dueAt <= now())
    pending = pending.filter((one) => one.dueAt > now())
    for (const { task } of due.toSorted((a, b) => a.dueAt - b.dueAt)) task()
    arm()
  }

  function arm(): void {
    clearTimeout(timer)
    if (pending.length === 0) return
    const nextAt = Math.min(...pending.map((one) => one.dueAt))
    timer = setTimeout(runDue, Math.min(Math.max(nextAt - now(), 0), longestTimerMs))
  }

  return {
    now,
    later(delayMs, task) {
      pending.push({ dueAt: now() + delayMs, task })
      arm()
    },
    moveTo(offsetMs) {
      offset = offsetMs
      runDue()
    },
    stop() {
      clearTimeout(timer)
      pending = []
    },
  }
}
