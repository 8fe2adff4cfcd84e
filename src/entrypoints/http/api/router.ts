/** Every procedure of the contract with what it does. A procedure without one is a type error. */
import { assignments } from '#entrypoints/http/api/assignments.ts'
import { audit } from '#entrypoints/http/api/audit.ts'
import { backups } from '#entrypoints/http/api/backups.ts'
import { connections } from '#entrypoints/http/api/connections.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { inventory } from '#entrypoints/http/api/inventory.ts'
import { keys } from '#entrypoints/http/api/keys.ts'
import { me } from '#entrypoints/http/api/me.ts'
import { members } from '#entrypoints/http/api/members.ts'
import { onboardings } from '#entrypoints/http/api/onboardings.ts'
import { policies } from '#entrypoints/http/api/policies.ts'
import { restores } from '#entrypoints/http/api/restores.ts'
import { runs } from '#entrypoints/http/api/runs.ts'
import { signIn } from '#entrypoints/http/api/sign-in.ts'
import { channels } from '#entrypoints/http/api/channels.ts'
import { events } from '#entrypoints/http/api/events.ts'
import { notifications } from '#entrypoints/http/api/notifications.ts'
import { queue } from '#entrypoints/http/api/queue.ts'
import { retention } from '#entrypoints/http/api/retention.ts'
import { schedules } from '#entrypoints/http/api/schedules.ts'
import { system } from '#entrypoints/http/api/system.ts'
import { tenants } from '#entrypoints/http/api/tenants.ts'
import { workspaces } from '#entrypoints/http/api/workspaces.ts'

export const router = os.router({
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
})
