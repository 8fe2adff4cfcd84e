/** The whole public HTTP API: one entry per noun, one file for each. */
import { assignments } from '#contract/api/assignments.ts'
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
} as const
