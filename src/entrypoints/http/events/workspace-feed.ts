/**
 * Who follows one workspace in this process. Whatever changed is read once for all who may see the same and written to
 * each; reading and joining happen one after the other, so that nobody misses what lies between or sees an older state
 * after a newer one.
 */
import type { FeedEvent } from '#contract/api/events.ts'
import { livingAdmissions } from '#domain/access/living-admissions.ts'
import type { SentNotification } from '#domain/notifications/notifications-since.ts'
import type { FeedPlace } from '#domain/operations/changed-runs.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId, TenantId, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'
import { notificationDocument } from '#entrypoints/documents/notification-document.ts'
import { encodeEvents } from '#entrypoints/http/events/encode-events.ts'
import type { Follower } from '#entrypoints/http/events/follower.ts'
import { readFeed, readPlace, type FeedRead, type Wanted } from '#entrypoints/http/events/read-feed.ts'
import { createRunEvents, runEvent } from '#entrypoints/http/events/run-events.ts'

/** Those who may see the same. */
interface Group {
  readonly followers: Set<Follower>
  readonly runEvents: ReturnType<typeof createRunEvents>
  readonly told: Set<string>
  place: FeedPlace
}

interface News {
  readonly runs: Set<RunId>
  isAny: boolean
  isNotified: boolean
}

// Together, so that ten changes a second cost as much as four.
const gatherMs = 250
const second = 1_000_000
/** How long after its stamp a change may be committed: while following, and for who was away. */
const overlap = { following: 10 * second, away: 60 * second }
const longestAway = 86_400 * second
const mostTold = 1_000

export class WorkspaceFeed {
  readonly #db: Database
  readonly #log: Log
  readonly #workspaceId: WorkspaceId
  readonly #groups = new Map<string, Group>()
  #news: News = noNews()
  #timer: NodeJS.Timeout | undefined
  #tail: Promise<unknown> = Promise.resolve()

  constructor({ db, log }: { readonly db: Database; readonly log: Log }, workspaceId: WorkspaceId) {
    this.#db = db
    this.#log = log
    this.#workspaceId = workspaceId
  }

  get followers(): readonly Follower[] {
    return [...this.#groups.values()].flatMap(({ followers }) => [...followers])
  }

  /** A run changed; without one any may have, and somebody may have been told something. */
  hear(runId?: RunId): void {
    if (runId === undefined) this.#news.isAny = true
    else this.#news.runs.add(runId)
    this.#timer ??= setTimeout(() => void this.tell(), gatherMs)
  }

  hearNotified(): void {
    this.#news.isNotified = true
    this.#timer ??= setTimeout(() => void this.tell(), gatherMs)
  }

  /**
   * From now on the follower is told what happens; with `since`, first what happened since then.
   * @throws Failure `access_ended`
   */
  join(follower: Follower, ctx: WorkspaceContext, since: FeedPlace | undefined): Promise<void> {
    return this.#next(async () => {
      const { events, place } = await this.#welcome(ctx, follower, since)
      follower.write(encodeEvents(events, place))
      if (!follower.isOver) this.#groupOf(follower, place).followers.add(follower)
    })
  }

  leave(follower: Follower): void {
    for (const [key, { followers }] of this.#groups) {
      followers.delete(follower)
      if (followers.size === 0) this.#groups.delete(key)
    }
    if (this.#groups.size === 0) clearTimeout(this.#timer)
  }

  /** Ends whose access ended, and tells the others what there is to tell. */
  tell(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#next(async () => {
      const news = this.#news
      this.#news = noNews()
      try {
        await this.#endAccess()
        for (const group of this.#groups.values()) await this.#tellGroup(group, news)
      } catch (error) {
        this.#news.isAny = true
        this.#log.warn({ err: error, workspaceId: this.#workspaceId }, 'events could not be read; it is tried again')
      }
    })
  }

  #next<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(task)
    this.#tail = done.catch(() => undefined)
    return done
  }

  async #welcome(ctx: WorkspaceContext, { admission }: Follower, since: FeedPlace | undefined) {
    const following: FeedEvent = { kind: 'following' }
    const now = await readPlace(this.#db, ctx)
    if (since === undefined) return { events: [following], place: now }
    if (now - since > longestAway) return { events: [following, { kind: 'reload' } as const], place: now }
    const wanted = { runs: 'changed', userIds: [admission.userId], since: since - overlap.away } as const
    const { place, runs, notifications } = await readFeed(this.#db, ctx, wanted)
    const missed = runs?.map((run) => runEvent(run, micros(run.createdAt) > since)) ?? [{ kind: 'reload' } as const]
    return { events: [following, ...missed, ...notifications.map(notificationEvent)], place }
  }

  #groupOf({ admission: { tenantIds } }: Follower, place: FeedPlace): Group {
    const key = keyOf(tenantIds)
    const group = this.#groups.get(key) ?? {
      followers: new Set(),
      runEvents: createRunEvents(),
      told: new Set(),
      place,
    }
    this.#groups.set(key, group)
    return group
  }

  async #endAccess(): Promise<void> {
    const followers = this.followers
    const admissions = followers.map(({ admission }) => admission)
    const living = await livingAdmissions(this.#db, this.#workspaceId, admissions)
    for (const follower of followers) {
      if (living.has(follower.admission)) continue
      this.leave(follower)
      follower.end('access_ended')
    }
  }

  async #tellGroup(group: Group, news: News): Promise<void> {
    const [first] = group.followers
    if (first === undefined || (!news.isAny && !news.isNotified && news.runs.size === 0)) return
    const read = await readFeed(this.#db, first.ctx, wantedBy(group, news))
    const since = group.place
    if (news.isAny) group.place = read.place
    const runs: readonly FeedEvent[] = read.runs?.flatMap((run) =>
      group.runEvents.of(run, micros(run.createdAt) > since - second),
    ) ?? [{ kind: 'reload' }]
    writeToAll(group, read, runs)
  }
}

function noNews(): News {
  return { runs: new Set(), isAny: false, isNotified: false }
}

function wantedBy({ followers, place }: Group, { runs, isAny, isNotified }: News): Wanted {
  const userIds = isAny || isNotified ? [...new Set([...followers].map(({ admission }) => admission.userId))] : []
  return { runs: isAny ? 'changed' : [...runs], userIds, since: place - overlap.following }
}

/** Encoded once for all, but for what one person was told. */
function writeToAll(group: Group, { place, notifications }: FeedRead, runs: readonly FeedEvent[]): void {
  const chunk = encodeEvents(runs, place)
  const own = new Map<UserId, SentNotification[]>()
  for (const sent of notifications) {
    if (group.told.has(sent.notification.id)) continue
    own.set(sent.recipientId, [...(own.get(sent.recipientId) ?? []), sent])
    group.told.add(sent.notification.id)
    if (group.told.size > mostTold) group.told.delete(group.told.values().next().value ?? '')
  }
  for (const follower of group.followers) {
    const mine = own.get(follower.admission.userId)
    // Before the runs, whose last event says up to where this tells.
    if (mine !== undefined)
      follower.write(encodeEvents(mine.map(notificationEvent), runs.length === 0 ? place : undefined))
    follower.write(chunk)
  }
}

function notificationEvent({ notification }: SentNotification): FeedEvent {
  return { kind: 'notification', notification: notificationDocument(notification) }
}

function keyOf(tenantIds: readonly TenantId[] | null): string {
  return tenantIds === null ? 'all' : tenantIds.toSorted().join()
}

function micros(at: Date): FeedPlace {
  return at.getTime() * 1_000
}
