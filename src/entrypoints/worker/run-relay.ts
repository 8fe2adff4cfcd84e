/**
 * The relay: what ended runs left in the outbox, and credentials that end soon, become notifications and deliveries, and
 * deliveries that are due are sent. Every process that works does it too; any number may.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import type { DeliverDeps } from '#domain/notifications/deliver.ts'
import type { ClaimedDelivery } from '#domain/notifications/delivery.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { tellOfCredentials } from '#domain/notifications/tell-of-credentials.ts'
import { Bell } from '#entrypoints/worker/bell.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'
import { reportDelivery } from '#foundation/observability/events.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface RelayOptions extends DeliverDeps {
  readonly log: Log
  /** Aborted: nothing new is sent; what is being sent has `drainMs` to end. */
  readonly signal: AbortSignal
  /** How often to look; default 1 s. No notification wakes it: nobody waits for the second, and many go in one batch. */
  readonly pollMs?: number
  /** How often to look at the ends of credentials; default 1 min. */
  readonly credentialsPollMs?: number
  /** Deliveries at a time, each to another channel; default 16. */
  readonly slots?: number
  /** Default 3 s. */
  readonly drainMs?: number
}

interface Relay extends Required<RelayOptions> {
  readonly sending: Map<ChannelId, Promise<void>>
  /** There may be something to send. */
  readonly bell: Bell
  /** Aborted when what is still being sent is cut off. */
  readonly cut: AbortController
}

const cleanUpMs = 1_000

/** Relays and delivers until `signal` is aborted, through every loss of the database. */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { pollMs = 1_000, credentialsPollMs = 60_000, slots = 16, drainMs = 3_000 } = options
  const own = { sending: new Map<ChannelId, Promise<void>>(), bell: new Bell(), cut: new AbortController() }
  const relay: Relay = { ...options, pollMs, credentialsPollMs, slots, drainMs, ...own }
  const loops = Promise.all([relayUntilStopped(relay), tellUntilStopped(relay), deliverUntilStopped(relay)])
  await untilAborted(options.signal)
  // A statement that hangs on a dead connection must not hold up the end.
  await atMost(
    drainMs,
    loops.then(() => Promise.all(own.sending.values())),
  )
  own.cut.abort()
  await atMost(cleanUpMs, Promise.all(own.sending.values()))
}

async function relayUntilStopped({ db, log, signal, pollMs, bell }: Relay): Promise<void> {
  while (!signal.aborted) {
    let hasMore = false
    try {
      const relayed = await relayOutbox(db)
      hasMore = relayed.hasMore
      if (relayed.entries > 0) bell.ring()
    } catch (error) {
      log.warn({ err: error }, 'relaying notifications failed')
    }
    if (!hasMore) await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
}

async function tellUntilStopped({ db, log, signal, credentialsPollMs, bell }: Relay): Promise<void> {
  while (!signal.aborted) {
    let hasMore = false
    try {
      const told = await tellOfCredentials(db)
      hasMore = told.hasMore
      if (told.credentials > 0) bell.ring()
    } catch (error) {
      log.warn({ err: error }, 'telling of credentials that end failed')
    }
    if (!hasMore) await pause(credentialsPollMs, undefined, { signal }).catch(() => undefined)
  }
}

async function deliverUntilStopped(relay: Relay): Promise<void> {
  const { db, log, signal, pollMs, bell, sending, slots } = relay
  while (!signal.aborted) {
    try {
      const limit = slots - sending.size
      const claims = limit === 0 ? [] : await claimDue(db, { busy: [...sending.keys()], limit })
      for (const claim of claims) begin(relay, claim)
    } catch (error) {
      log.warn({ err: error }, 'looking for notifications to send failed')
    }
    await bell.wait(pollMs, signal)
  }
}

function begin(relay: Relay, claim: ClaimedDelivery): void {
  const { sending, bell } = relay
  const sent = send(relay, claim).finally(() => {
    sending.delete(claim.channelId)
    bell.ring()
  })
  sending.set(claim.channelId, sent)
}

async function send(relay: Relay, claim: ClaimedDelivery): Promise<void> {
  const { ctx, channelId, runId, id: deliveryId, attempt } = claim
  const fields = { workspaceId: ctx.workspaceId, channelId, runId, deliveryId, attempt }
  try {
    const { isDelivered, status, error } = await deliver(relay, claim, relay.cut.signal)
    reportDelivery(relay.log.child(fields), { isDelivered, status, ...(!isDelivered && { answer: error }) })
  } catch (error) {
    // Still taken by us, with nobody at work: it is sent again when its lease is over.
    relay.log.warn({ ...fields, err: error }, 'what became of a notification could not be written')
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (!signal.aborted) await promise
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, pause(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
  timer.abort()
}
