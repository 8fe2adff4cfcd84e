import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { Channel } from '#domain/operations/wake.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface ListenOptions {
  readonly pool: pg.Pool
  readonly channels: readonly Channel[]
  /** Called for every notification; with null when the connection is (again) there and something may have been missed. */
  readonly onNews: (news: { readonly channel: Channel; readonly payload: string } | null) => void
  readonly log: Log
}

const pauseAfterLossMs = 1_000

/**
 * Listens on one connection of the pool, and on another when that one is lost. A caller also polls: where LISTEN does
 * not work (behind a transaction pooler) it only hears nothing.
 */
export function listen(options: ListenOptions): AsyncDisposable {
  const stop = new AbortController()
  const listening = listenUntil(options, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await listening
    },
  }
}

async function listenUntil(options: ListenOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(options, signal)
    } catch (error) {
      options.log.warn({ err: error }, 'listening for notifications was interrupted')
      await pause(pauseAfterLossMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Ends when `signal` says so; throws when the connection is lost. */
async function listenOnce({ pool, channels, onNews }: ListenOptions, signal: AbortSignal): Promise<void> {
  const client = await connectUnless(signal, pool)
  if (client === undefined) return
  const { promise: over, resolve, reject } = Promise.withResolvers<void>()
  // A connection that is lost while LISTEN is under way fails that statement, too: then nobody waits for this any more.
  over.catch(() => undefined)
  const stop = () => resolve()
  const hear = ({ channel, payload }: pg.Notification) => {
    // Only channels we listen on are delivered.
    onNews({ channel: channel as Channel, payload: payload ?? '' })
  }
  client.on('error', reject)
  client.on('notification', hear)
  signal.addEventListener('abort', stop)
  try {
    for (const channel of channels) await client.query(`listen ${channel}`)
    onNews(null)
    if (signal.aborted) resolve()
    await over
  } finally {
    signal.removeEventListener('abort', stop)
    // Closed, not reused: it would go on listening in other hands.
    client.release(true)
  }
}

/** A connection, or undefined as soon as `signal` is aborted: whoever stops does not wait for a database that is away. */
async function connectUnless(signal: AbortSignal, pool: pg.Pool): Promise<pg.PoolClient | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const stop = () => resolve(undefined)
  signal.addEventListener('abort', stop)
  const connecting = pool.connect()
  const client = await Promise.race([connecting, aborted]).finally(() => signal.removeEventListener('abort', stop))
  if (client === undefined) connecting.then((late) => late.release(true)).catch(() => undefined)
  return client
}
