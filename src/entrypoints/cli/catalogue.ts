/** Every command of the program, in the order of its help. */
import type { CommandSpec, NounSpec } from '#entrypoints/cli/command-spec.ts'
import { apiKeyCommands } from '#entrypoints/cli/commands/api-key/api-key-commands.ts'
import { assignmentsCommands } from '#entrypoints/cli/commands/assignments/assignments-commands.ts'
import { auditCommands } from '#entrypoints/cli/commands/audit/audit-commands.ts'
import { backupCommands } from '#entrypoints/cli/commands/backup/backup-commands.ts'
import { channelCommands } from '#entrypoints/cli/commands/channel/channel-commands.ts'
import { connectionCommands } from '#entrypoints/cli/commands/connection/connection-commands.ts'
import { inventoryCommands } from '#entrypoints/cli/commands/inventory/inventory-commands.ts'
import { keyCommands } from '#entrypoints/cli/commands/key/key-commands.ts'
import { memberCommands } from '#entrypoints/cli/commands/member/member-commands.ts'
import { operatorCommands } from '#entrypoints/cli/commands/operator/operator-commands.ts'
import { notificationCommands } from '#entrypoints/cli/commands/notification/notification-commands.ts'
import { platformCommands } from '#entrypoints/cli/commands/platform/platform-commands.ts'
import { policyCommands } from '#entrypoints/cli/commands/policy/policy-commands.ts'
import { profileCommands } from '#entrypoints/cli/commands/profile/profile-commands.ts'
import { queueCommands } from '#entrypoints/cli/commands/queue/queue-commands.ts'
import { restoreCommands } from '#entrypoints/cli/commands/restore/restore-commands.ts'
import { retentionCommands } from '#entrypoints/cli/commands/retention/retention-commands.ts'
import { runCommands } from '#entrypoints/cli/commands/run/run-commands.ts'
import { scheduleCommands } from '#entrypoints/cli/commands/schedule/schedule-commands.ts'
import { signInCommands } from '#entrypoints/cli/commands/sign-in/sign-in-commands.ts'
import { tenantCommands } from '#entrypoints/cli/commands/tenant/tenant-commands.ts'
import { workerCommands } from '#entrypoints/cli/commands/worker/worker-commands.ts'
import { workspaceCommands } from '#entrypoints/cli/commands/workspace/workspace-commands.ts'

export interface CommandGroup {
  readonly title: string
  readonly nouns: readonly NounSpec[]
  readonly commands: readonly CommandSpec[]
}

export const groups: readonly CommandGroup[] = [
  {
    // What members do, over the API of the server they are signed in to.
    title: 'Tenants:',
    nouns: [
      workspaceCommands,
      memberCommands,
      apiKeyCommands,
      tenantCommands,
      connectionCommands,
      inventoryCommands,
      policyCommands,
      assignmentsCommands,
      backupCommands,
      restoreCommands,
      runCommands,
      queueCommands,
      notificationCommands,
      channelCommands,
      scheduleCommands,
      retentionCommands,
      auditCommands,
    ],
    commands: [],
  },
  { title: 'Sign-in:', nouns: [profileCommands], commands: signInCommands },
  {
    // What is done on a host of the installation, beside its database.
    title: 'Installation:',
    nouns: [workerCommands, keyCommands, operatorCommands],
    commands: platformCommands,
  },
]

export const nouns: readonly NounSpec[] = groups.flatMap((group) => group.nouns)
export const commandsWithoutNoun: readonly CommandSpec[] = groups.flatMap((group) => group.commands)
