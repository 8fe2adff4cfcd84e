import { readNotificationsSince, type SentNotification } from '#domain/notifications/notifications-since.ts'
import { placeNow, readRuns, readRunsSince, type FeedPlace } from '#domain/operations/changed-runs.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId, UserId } from '#foundation/kernel/ids.ts'

/** What to read: these runs, or whatever changed. */
export interface Wanted {
  readonly runs: readonly RunId[] | 'changed'
  /** Whether and to whom somebody may have been told something. */
  readonly userIds: readonly UserId[]
  readonly since: FeedPlace
}

export interface FeedRead {
  /** Everything committed before it is in what was read. */
  readonly place: FeedPlace
  /** Undefined: more than can be told. */
  readonly runs: readonly RunView[] | undefined
  readonly notifications: readonly SentNotification[]
}

const mostRuns = 1_000
const mostNotifications = 200

/**
 * Reads what there is to tell, as far as the admission of the scope lets the database show it.
 * @throws Failure `access_ended`
 */
export function readFeed(db: Database, ctx: WorkspaceContext, { runs, userIds, since }: Wanted): Promise<FeedRead> {
  return inWorkspace(db, ctx, async (tx) => {
    const place = await placeNow(tx)
    return {
      place,
      runs:
        runs === 'changed'
          ? await readRunsSince(tx, ctx, { since, limit: mostRuns })
          : runs.length > mostRuns
            ? undefined
            : await readRuns(tx, ctx, runs),
      notifications:
        userIds.length === 0 ? [] : await readNotificationsSince(tx, ctx, { userIds, since, limit: mostNotifications }),
    }
  })
}

/** Where the feed is now. @throws Failure `access_ended` */
export function readPlace(db: Database, ctx: WorkspaceContext): Promise<FeedPlace> {
  return inWorkspace(db, ctx, placeNow)
}
