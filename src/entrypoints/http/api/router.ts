/** Every procedure of the contract with what it does. A procedure without one is a type error. */
import { os } from '#entrypoints/http/api/implement.ts'
import { channels } from '#entrypoints/http/api/channels.ts'
import { events } from '#entrypoints/http/api/events.ts'
import { keys } from '#entrypoints/http/api/keys.ts'
import { me } from '#entrypoints/http/api/me.ts'
import { members } from '#entrypoints/http/api/members.ts'
import { notifications } from '#entrypoints/http/api/notifications.ts'
import { queue } from '#entrypoints/http/api/queue.ts'
import { retention } from '#entrypoints/http/api/retention.ts'
import { runs } from '#entrypoints/http/api/runs.ts'
import { schedules } from '#entrypoints/http/api/schedules.ts'
import { tenants } from '#entrypoints/http/api/tenants.ts'
import { workspaces } from '#entrypoints/http/api/workspaces.ts'

export const router = os.router({
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
})
