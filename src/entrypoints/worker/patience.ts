import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

const patienceMs = 1_000

/** A statement that hangs on a dead connection must not hold up the end: whatever it did is committed or is not. */
export async function patienceAfter(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
  await pause(patienceMs, undefined, { ref: false })
}
