/** Every command of the program, in the order of its help. */
import type { CommandSpec, NounSpec } from '#entrypoints/cli/command-spec.ts'
import { assignmentsCommands } from '#entrypoints/cli/commands/assignments/assignments-commands.ts'
import { auditCommands } from '#entrypoints/cli/commands/audit/audit-commands.ts'
import { backupCommands } from '#entrypoints/cli/commands/backup/backup-commands.ts'
import { channelCommands } from '#entrypoints/cli/commands/channel/channel-commands.ts'
import { connectionCommands } from '#entrypoints/cli/commands/connection/connection-commands.ts'
import { inventoryCommands } from '#entrypoints/cli/commands/inventory/inventory-commands.ts'
import { keyCommands } from '#entrypoints/cli/commands/key/key-commands.ts'
import { operatorCommands } from '#entrypoints/cli/commands/operator/operator-commands.ts'
import { notificationCommands } from '#entrypoints/cli/commands/notification/notification-commands.ts'
import { platformCommands } from '#entrypoints/cli/commands/platform/platform-commands.ts'
import { policyCommands } from '#entrypoints/cli/commands/policy/policy-commands.ts'
import { queueCommands } from '#entrypoints/cli/commands/queue/queue-commands.ts'
import { restoreCommands } from '#entrypoints/cli/commands/restore/restore-commands.ts'
import { retentionCommands } from '#entrypoints/cli/commands/retention/retention-commands.ts'
import { runCommands } from '#entrypoints/cli/commands/run/run-commands.ts'
import { scheduleCommands } from '#entrypoints/cli/commands/schedule/schedule-commands.ts'
import { tenantCommands } from '#entrypoints/cli/commands/tenant/tenant-commands.ts'
import { workerCommands } from '#entrypoints/cli/commands/worker/worker-commands.ts'
import { workspaceCommands } from '#entrypoints/cli/commands/workspace/workspace-commands.ts'

export const nouns: readonly NounSpec[] = [
  workspaceCommands,
  tenantCommands,
  connectionCommands,
  inventoryCommands,
  policyCommands,
  assignmentsCommands,
  backupCommands,
  restoreCommands,
  runCommands,
  queueCommands,
  workerCommands,
  notificationCommands,
  channelCommands,
  scheduleCommands,
  retentionCommands,
  keyCommands,
  operatorCommands,
  auditCommands,
]

export const commandsWithoutNoun: readonly CommandSpec[] = platformCommands
