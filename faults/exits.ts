/** How processes end, and what is wrong about it: the part of the judgement that every matrix shares. */

/** How a process ended that was asked to stop. */
export interface Exit {
  readonly code: number | null
  /** A sound one says nothing. */
  readonly complaint: string
}

/** How a worker that was told to stop in mid-run ended, and what it left. */
export interface Stop extends Exit {
  readonly tookMs: number
  /** Whether the run was still held by a worker afterwards. */
  readonly isHeld: boolean
  /** Whether the lease of the worker was still there. */
  readonly isRegistered: boolean
}

export function badExit(who: string, { code, complaint }: Exit): string[] {
  return [
    ...(code === 0 ? [] : [`asked to stop, ${who} ended with code ${code}`]),
    ...(complaint === '' ? [] : [`${who} said: ${complaint.trim()}`]),
  ]
}

const graceMs = 10_000

export function badStop(stop: Stop | undefined): string[] {
  if (stop === undefined) return []
  return [
    ...badExit('the worker', stop),
    ...(stop.tookMs <= graceMs ? [] : [`it took ${stop.tookMs} ms`]),
    ...(stop.isHeld ? ['its run was not given back'] : []),
    ...(stop.isRegistered ? ['its lease was not given back'] : []),
  ]
}
