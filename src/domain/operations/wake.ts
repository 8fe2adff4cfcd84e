/**
 * Tells other connections that something changed, after the commit: NOTIFY inside a dispatching transaction would
 * serialize all commits of the server. At most one in 25 ms a process and channel. Nobody depends on it: whoever waits
 * also polls.
 */
import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type RunId, type WorkspaceId } from '#foundation/kernel/ids.ts'

export const channels = {
  /** A run can be claimed. */
  ready: 'tenantatlas_run_ready',
  /** A running run shall be cancelled. */
  cancel: 'tenantatlas_run_cancel',
  /** The payload is the workspace and the id of a run that changed, or empty: any may have. */
  changed: 'tenantatlas_run_changed',
  /** The payload is the workspace in which somebody was notified, or empty: any may be. */
  notified: 'tenantatlas_notified',
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

/** Tells whoever watches a run or follows its workspace that it changed. */
export function announceChange(
  db: Database,
  { ctx, runId }: { readonly ctx: WorkspaceContext; readonly runId: RunId },
): void {
  bellsOf(db).ring(channels.changed, `${ctx.workspaceId} ${runId}`)
}

/** A run and where it belongs, as it was announced. */
export interface ChangedRun {
  readonly workspaceId: WorkspaceId
  readonly runId: RunId
}

/** What such an announcement names; undefined when it names nothing: any run may have changed. */
export function readChange(payload: string): ChangedRun | undefined {
  const [workspaceId, runId] = payload.split(' ')
  if (workspaceId === undefined || runId === undefined) return undefined
  return { workspaceId: asId<WorkspaceId>(workspaceId), runId: asId<RunId>(runId) }
}

/** Tells whoever follows a workspace that somebody was notified there. */
export function announceNotified(db: Database, { workspaceId }: WorkspaceContext): void {
  bellsOf(db).ring(channels.notified, workspaceId)
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
