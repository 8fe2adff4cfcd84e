import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { flag, id, inWorkspace, list, moment, page, paging } from '#contract/api/schemas.ts'

const tag = 'notifications'

/** Of an application registration, as it was then. */
const credentialDocument = z.object({
  purpose: z.enum(['reader', 'writer']),
  kind: z.enum(['secret', 'certificate']),
  clientId: z.string(),
  expiresAt: moment,
  /** The threshold it had passed: 30, 14, 7, 1; 0: it had ended. */
  withinDays: z.number(),
  severity: z.enum(['info', 'warning', 'critical']),
})

export const notificationDocument = z.object({
  id,
  event: z.string(),
  /** Null, like type and outcome, when it is about a credential. */
  runId: id.nullable(),
  runType: z.string().nullable(),
  outcome: z.string().nullable(),
  credential: credentialDocument.nullable(),
  tenant: z.object({ id, name: z.string() }).nullable(),
  title: z.string(),
  body: z.string(),
  problems: list(z.string()),
  next: list(z.string()),
  createdAt: moment,
  readAt: moment.nullable(),
})
export type NotificationDocument = z.output<typeof notificationDocument>

export const notifications = {
  list: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/notifications',
      summary: 'List your notifications',
      description:
        'How the runs you started have ended, and credentials that you may replace and that end soon or have ended; newest first. A key lists those of the member it acts for.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, ...paging, unread: flag.optional() }))
    .output(page(notificationDocument)),
  unreadCount: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/notifications/unread-count',
      summary: 'Count your unread notifications',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ unread: z.number() })),
  read: procedure(
    { access: 'operations.view', effect: 'change', audit: 'notification.read' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/notifications/{notification}/read',
      summary: 'Mark one of your notifications as read',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, notification: id }))
    .output(z.object({ wasUnread: z.boolean() })),
  readAll: procedure(
    { access: 'operations.view', effect: 'change', audit: 'notification.read_all' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/notifications/read',
      summary: 'Mark all your notifications as read',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ read: z.number() })),
} as const
