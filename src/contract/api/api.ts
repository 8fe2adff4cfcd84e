/** The whole public HTTP API: one entry per noun, one file for each. */
import { channels } from '#contract/api/channels.ts'
import { events } from '#contract/api/events.ts'
import { keys } from '#contract/api/keys.ts'
import { me } from '#contract/api/me.ts'
import { members } from '#contract/api/members.ts'
import { notifications } from '#contract/api/notifications.ts'
import { queue } from '#contract/api/queue.ts'
import { retention } from '#contract/api/retention.ts'
import { runs } from '#contract/api/runs.ts'
import { schedules } from '#contract/api/schedules.ts'
import { tenants } from '#contract/api/tenants.ts'
import { workspaces } from '#contract/api/workspaces.ts'

export const api = {
  me,
  workspaces,
  members,
  keys,
  tenants,
  runs,
  events,
  queue,
  schedules,
  notifications,
  channels,
  retention,
} as const
