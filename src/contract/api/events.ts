import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { notificationDocument } from '#contract/api/notifications.ts'
import { procedure } from '#contract/api/procedure.ts'
import { runDocument } from '#contract/api/runs.ts'
import { inWorkspace } from '#contract/api/schemas.ts'

const tag = 'events'

/** What happened in a workspace. A document is whole and as it is now: what is told twice changes nothing. */
export const feedEvent = z.discriminatedUnion('kind', [
  /** The first one: what happens from here on is told. */
  z.object({ kind: z.literal('following') }),
  /** Not everything that happened can be told: read what you show again. */
  z.object({ kind: z.literal('reload') }),
  z.object({ kind: z.enum(['run.created', 'run.changed', 'run.progress', 'run.ended']), run: runDocument }),
  z.object({ kind: z.literal('notification'), notification: notificationDocument }),
])
export type FeedEvent = z.output<typeof feedEvent>

/** Why the server ended it. */
export const feedEnd = z.object({ reason: z.enum(['access_ended', 'too_slow', 'stopping']) })
export type FeedEnd = z.output<typeof feedEnd>

export const events = {
  follow: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/events',
      summary: 'Follow what happens in a workspace',
      description:
        'Server-sent events, of the tenants you may open: runs as they are created, change, progress and end, and your ' +
        'own notifications. With `Last-Event-ID` it first tells every run that was created or ended since, every run that ' +
        'has begun and not ended, and your notifications since: nothing that is stored is lost, steps between may be, and ' +
        'some is told twice. Where that is too much or longer ago than a day, it tells `reload` instead. Every 15 seconds ' +
        'it sends a comment. It ends when your session, key or membership does; at most 20 at a time for each member.',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(eventIterator(feedEvent, feedEnd)),
} as const
