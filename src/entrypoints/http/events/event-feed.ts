/**
 * The events of this process: one connection listens for all who follow, one query a workspace reads what changed. Where
 * nothing is heard, as behind a pooler, changes are found by looking every few seconds.
 */
import type pg from 'pg'
import { listen } from '#domain/operations/listen.ts'
import { channels, readChange } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'
import { heartbeat } from '#entrypoints/http/events/encode-events.ts'
import { createFollower, type Follower } from '#entrypoints/http/events/follower.ts'
import { WorkspaceFeed } from '#entrypoints/http/events/workspace-feed.ts'

export interface EventFeedOptions {
  readonly db: Database
  /** To listen on; without it changes are found by looking. */
  readonly pool?: pg.Pool
  readonly log: Log
  /** How often to look for what was not heard, and whose access ended; default 5 s. */
  readonly lookMs?: number
  readonly heartbeatMs?: number
}

export interface EventFeed extends AsyncDisposable {
  /**
   * The events of the workspace for whoever was let in, as `text/event-stream`, from now on or from after an event.
   * @throws Failure `too_many_requests`, `access_ended`
   */
  follow(ctx: WorkspaceContext, lastEventId: string | undefined): Promise<ReadableStream<Uint8Array>>
}

const most = { ofOneMember: 20, ofAll: 2_000 } as const
const retryAfterMs = 30_000

/** A feed and how many follow it or are about to. */
interface Followed {
  readonly feed: WorkspaceFeed
  members: number
}

export function createEventFeed(options: EventFeedOptions): EventFeed {
  const { db, log } = options
  const followed = new Map<WorkspaceId, Followed>()
  const counts = new Map<UserId, number>()
  let awake: AsyncDisposable | undefined
  let asleep: PromiseLike<unknown> = Promise.resolve()
  let isStopping = false

  const followers = () => [...followed.values()].flatMap(({ feed }) => feed.followers)
  const hearAny = () => followed.forEach(({ feed }) => feed.hear())

  function onNews(news: News): void {
    if (news === null || news.payload === '') return hearAny()
    if (news.channel === channels.notified) return followed.get(asId<WorkspaceId>(news.payload))?.feed.hearNotified()
    const changed = readChange(news.payload)
    if (changed === undefined) hearAny()
    else followed.get(changed.workspaceId)?.feed.hear(changed.runId)
  }

  /** @throws Failure `too_many_requests` */
  function enter(workspaceId: WorkspaceId, userId: UserId): Followed {
    refuseTooMany(counts, userId)
    counts.set(userId, (counts.get(userId) ?? 0) + 1)
    const entry = followed.get(workspaceId) ?? { feed: new WorkspaceFeed({ db, log }, workspaceId), members: 0 }
    entry.members += 1
    followed.set(workspaceId, entry)
    const heard = { onNews, hearAny, beat: () => followers().forEach((one) => one.write(heartbeat)) }
    awake ??= stayAwake(options, heard)
    return entry
  }

  function exit(workspaceId: WorkspaceId, userId: UserId, entry: Followed): void {
    entry.members -= 1
    if (entry.members === 0) followed.delete(workspaceId)
    const left = (counts.get(userId) ?? 1) - 1
    if (left > 0) counts.set(userId, left)
    else counts.delete(userId)
    if (counts.size > 0) return
    asleep = Promise.all([asleep, awake?.[Symbol.asyncDispose]()])
    awake = undefined
  }

  return {
    async follow(ctx, lastEventId) {
      const { admission, workspaceId } = ctx
      if (admission === undefined) throw new TypeError('events are followed by who was let in')
      const { userId } = admission
      const entry = enter(workspaceId, userId)
      const follower: Follower = createFollower(ctx, () => {
        entry.feed.leave(follower)
        exit(workspaceId, userId, entry)
      })
      try {
        await entry.feed.join(follower, ctx, placeOf(lastEventId))
      } catch (error) {
        follower.end('access_ended')
        throw error
      }
      if (isStopping) follower.end('stopping')
      return follower.stream
    },
    async [Symbol.asyncDispose]() {
      isStopping = true
      for (const follower of followers()) follower.end('stopping')
      await asleep
    },
  }
}

type News = { readonly channel: string; readonly payload: string } | null

/** Listens, looks and beats as long as anybody follows. */
function stayAwake(
  { pool, log, lookMs = 5_000, heartbeatMs = 15_000 }: EventFeedOptions,
  heard: { readonly onNews: (news: News) => void; readonly hearAny: () => void; readonly beat: () => void },
): AsyncDisposable {
  const timers = [setInterval(heard.hearAny, lookMs), setInterval(heard.beat, heartbeatMs)]
  const ears = pool && listen({ pool, channels: [channels.changed, channels.notified], onNews: heard.onNews, log })
  return {
    async [Symbol.asyncDispose]() {
      timers.forEach((timer) => clearInterval(timer))
      await ears?.[Symbol.asyncDispose]()
    },
  }
}

function refuseTooMany(counts: ReadonlyMap<UserId, number>, userId: UserId): void {
  const own = counts.get(userId) ?? 0
  if (own >= most.ofOneMember)
    throw new Failure('too_many_requests', `You follow events ${own} times already: end one first.`, { retryAfterMs })
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (all >= most.ofAll)
    throw new Failure('too_many_requests', 'As many follow events here as this server takes.', { retryAfterMs })
}

/** An id that no event had is older than all: everything has to be read again. */
function placeOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined) return undefined
  return /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : 0
}
