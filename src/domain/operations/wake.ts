/**
 * Tells other connections that something changed, after the commit: NOTIFY inside a dispatching transaction would
 * serialize all commits of the server. At most one in 25 ms a process and channel. Nobody depends on it: whoever waits
 * also polls.
 */
import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

export const channels = {
  /** A run can be claimed. */
  ready: 'tenantatlas_run_ready',
  /** A running run shall be cancelled. */
  cancel: 'tenantatlas_run_cancel',
  /** The payload is the id of a run that changed, or empty: any may have. */
  changed: 'tenantatlas_run_changed',
} as const

export type Channel = (typeof channels)[keyof typeof channels]

const pauseMs = 25
const maxNamed = 50

/** Tells workers that there is something to claim. */
export function wakeWorkers(db: Database): void {
  bellsOf(db).ring(channels.ready, '')
}

/** Tells the worker of some run that it shall look whether it is cancelled. */
export function wakeCancelled(db: Database): void {
  bellsOf(db).ring(channels.cancel, '')
}

/** Tells whoever watches a run that it changed. */
export function announceChange(db: Database, runId: RunId): void {
  bellsOf(db).ring(channels.changed, runId)
}

interface Bells {
  ring(channel: Channel, payload: string): void
}

const bells = new WeakMap<Database, Bells>()

function bellsOf(db: Database): Bells {
  const known = bells.get(db)
  if (known !== undefined) return known
  const made = createBells(db)
  bells.set(db, made)
  return made
}

function createBells(db: Database): Bells {
  const waiting = new Map<Channel, Set<string>>()
  const resting = new Set<Channel>()

  function ring(channel: Channel, payload: string): void {
    const payloads = waiting.get(channel) ?? new Set()
    waiting.set(channel, payloads.add(payload))
    if (!resting.has(channel)) send(channel)
  }

  function send(channel: Channel): void {
    const payloads = [...(waiting.get(channel) ?? [])]
    waiting.delete(channel)
    resting.add(channel)
    setTimeout(() => rested(channel), pauseMs).unref()
    // A lost notification costs the listener one poll interval.
    notify(db, channel, payloads.length > maxNamed ? [''] : payloads).catch(() => undefined)
  }

  function rested(channel: Channel): void {
    resting.delete(channel)
    if (waiting.has(channel)) send(channel)
  }

  return { ring }
}

async function notify(db: Database, channel: Channel, payloads: readonly string[]): Promise<void> {
  await sql`select notify_all(${channel}, ${payloads})`.execute(db)
}
