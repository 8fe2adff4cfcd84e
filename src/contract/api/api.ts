/** The whole public HTTP API: one entry per noun, one file for each. */
import { assignments } from '#contract/api/assignments.ts'
import { audit } from '#contract/api/audit.ts'
import { backups } from '#contract/api/backups.ts'
import { connections } from '#contract/api/connections.ts'
import { inventory } from '#contract/api/inventory.ts'
import { keys } from '#contract/api/keys.ts'
import { me } from '#contract/api/me.ts'
import { members } from '#contract/api/members.ts'
import { onboardings } from '#contract/api/onboardings.ts'
import { policies } from '#contract/api/policies.ts'
import { restores } from '#contract/api/restores.ts'
import { runs } from '#contract/api/runs.ts'
import { signIn } from '#contract/api/sign-in.ts'
import { channels } from '#contract/api/channels.ts'
import { events } from '#contract/api/events.ts'
import { notifications } from '#contract/api/notifications.ts'
import { queue } from '#contract/api/queue.ts'
import { retention } from '#contract/api/retention.ts'
import { schedules } from '#contract/api/schedules.ts'
import { system } from '#contract/api/system.ts'
import { tenants } from '#contract/api/tenants.ts'
import { workspaces } from '#contract/api/workspaces.ts'

export const api = {
  signIn,
  me,
  workspaces,
  members,
  keys,
  tenants,
  connections,
  onboardings,
  inventory,
  policies,
  assignments,
  backups,
  restores,
  runs,
  events,
  queue,
  schedules,
  notifications,
  channels,
  retention,
  audit,
  system,
} as const
