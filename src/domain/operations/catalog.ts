/**
 * Every operation there is, as data: what it is called, what it takes, what makes two starts the same, when it may run
 * again. Adding an operation is one entry here and one handler; the compiler asks for both.
 */
import { z } from 'zod'
import type { Capability } from '#foundation/kernel/capability.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import {
  asId,
  isUuid,
  type BackupSetId,
  type PolicyId,
  type RestoreRunId,
  type ScheduleId,
} from '#foundation/kernel/ids.ts'
import { policyTypes } from '#graph/contracts/contract.ts'

export type RunPriority = 'interactive' | 'scheduled'

interface OperationEntry<Schema extends z.ZodType> {
  readonly label: string
  /** What the run belongs to and where it queues: one tenant, or the workspace. */
  readonly scope: 'tenant' | 'workspace'
  readonly input: Schema
  /** What makes two starts within the scope the same operation. No secrets, no names; lists sorted. */
  readonly identity: (input: z.output<Schema>) => unknown
  /** What a person needs to start it. */
  readonly capability: Capability
  /** How long after its end the identity stays held, and after which outcomes. */
  readonly cooldown: { readonly minutes: number; readonly after: readonly RunOutcome[] }
  /** For estimates shown before there is progress. */
  readonly expectedSeconds: number
  /** One attempt that takes longer is aborted. */
  readonly limitMinutes: number
  readonly maxAttempts: number
  /** Whether somebody waits for it: goes before scheduled work, and some slots are kept for it. */
  readonly priority: RunPriority
  /** The stable code of its failure as a whole; default `<type>_failed`. */
  readonly failureCode?: string
  /** Counts it may report beside the base keys. */
  readonly summaryKeys: readonly string[]
  /** Why `run retry` does not start it again as it was, and what to do instead. Absent: it does. */
  readonly notRetried?: string
}

function operation<Schema extends z.ZodType, Scope extends 'tenant' | 'workspace'>(
  entry: OperationEntry<Schema> & { readonly scope: Scope },
): OperationEntry<Schema> & { readonly scope: Scope } {
  return entry
}

const noCooldown = { minutes: 0, after: [] } as const
const assignmentCooldown = { minutes: 15, after: ['succeeded', 'partially_succeeded', 'failed'] } as const

const policyType = z.enum(policyTypes)
const backupSetId = uuid().transform((text) => asId<BackupSetId>(text))
const restoreRunId = uuid().transform((text) => asId<RestoreRunId>(text))
const policyId = uuid().transform((text) => asId<PolicyId>(text))
const scheduleId = uuid().transform((text) => asId<ScheduleId>(text))

const captureInput = z.strictObject({
  note: z.string().max(500).optional(),
  types: z.array(policyType).nonempty().optional(),
})
// Part of an identity, so no free text: a GUID with what Graph puts around some (`T_{guid}`, `{guid}_DefaultLimit`), or a number.
const graphId = z
  .string()
  .max(200)
  .regex(/^(?:\d+|[\w:-]*[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}[\w:-]*)$/i, 'not an id of Microsoft Graph')

export const catalog = {
  'inventory.sync': operation({
    label: 'Inventory sync',
    scope: 'tenant',
    input: z.strictObject({}),
    identity: () => ({}),
    capability: 'inventory.sync',
    cooldown: noCooldown,
    expectedSeconds: 30,
    limitMinutes: 60,
    maxAttempts: 5,
    priority: 'interactive',
    summaryKeys: ['created', 'changed', 'removed', 'unchanged', 'unread'],
  }),
  'backup.capture': operation({
    label: 'Backup',
    scope: 'tenant',
    input: captureInput,
    identity: ({ types }) => ({ types: types === undefined ? 'all' : sorted(types) }),
    capability: 'backups.manage',
    cooldown: noCooldown,
    expectedSeconds: 60,
    limitMinutes: 120,
    maxAttempts: 5,
    priority: 'interactive',
    summaryKeys: ['created', 'unchanged', 'unread'],
  }),
  'backup.verify': operation({
    label: 'Backup verification',
    scope: 'tenant',
    input: z.strictObject({ backupSetId }),
    identity: (input) => ({ backupSetId: input.backupSetId }),
    capability: 'backups.view',
    cooldown: noCooldown,
    expectedSeconds: 10,
    limitMinutes: 60,
    maxAttempts: 3,
    priority: 'interactive',
    summaryKeys: ['damaged'],
  }),
  'assignments.fetch': operation({
    label: 'Assignment fetch',
    scope: 'tenant',
    input: z.strictObject({
      what: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('all') }),
        z.strictObject({ kind: z.literal('types'), types: z.array(policyType).nonempty() }),
        z.strictObject({ kind: z.literal('policies'), policyIds: z.array(policyId).nonempty() }),
        z.strictObject({
          kind: z.literal('backupItem'),
          backupSetId,
          type: policyType,
          graphId,
        }),
      ]),
    }),
    identity: ({ what }) => {
      switch (what.kind) {
        case 'all':
          return { what: 'all' }
        case 'types':
          return { types: sorted(what.types) }
        case 'policies':
          return { policyIds: sorted(what.policyIds) }
        case 'backupItem':
          return { backupSetId: what.backupSetId, type: what.type, graphId: what.graphId }
      }
    },
    capability: 'inventory.sync',
    cooldown: assignmentCooldown,
    expectedSeconds: 15,
    limitMinutes: 60,
    maxAttempts: 5,
    priority: 'interactive',
    summaryKeys: ['changed', 'unchanged', 'unread', 'orphaned'],
  }),
  'restore.preview': operation({
    label: 'Restore preview',
    scope: 'tenant',
    input: z.strictObject({ restoreRunId }),
    identity: (input) => ({ restoreRunId: input.restoreRunId }),
    capability: 'restore.plan',
    cooldown: noCooldown,
    expectedSeconds: 15,
    limitMinutes: 60,
    maxAttempts: 3,
    priority: 'interactive',
    summaryKeys: ['changed', 'unchanged', 'conflicts', 'unread'],
    notRetried: 'A plan is previewed once: make a new one with `tenantatlas restore plan`.',
  }),
  'assignments.restore': operation({
    label: 'Assignment restore',
    scope: 'tenant',
    input: z.strictObject({ restoreRunId }),
    identity: (input) => ({ restoreRunId: input.restoreRunId }),
    capability: 'restore.execute',
    cooldown: assignmentCooldown,
    expectedSeconds: 60,
    limitMinutes: 240,
    maxAttempts: 10,
    priority: 'interactive',
    summaryKeys: ['changed', 'unchanged', 'conflicts', 'unknown', 'recovered', 'awaiting_approval'],
    notRetried:
      'A confirmed plan is carried out once: make a new one with `tenantatlas restore plan`, or go back with `tenantatlas restore undo`.',
  }),
  'backup_schedule.run': operation({
    label: 'Backup schedule',
    scope: 'workspace',
    input: z.strictObject({
      scheduleId,
      scheduledFor: z.iso.datetime(),
      capture: captureInput,
      /** Over how many seconds the backups of the tenants are spread. */
      spreadSeconds: z.int().nonnegative(),
    }),
    // With the key of the slot: once ever, and not only while it is active.
    identity: (input) => ({ scheduleId: input.scheduleId, scheduledFor: input.scheduledFor }),
    capability: 'backups.manage',
    cooldown: noCooldown,
    expectedSeconds: 5,
    limitMinutes: 60,
    maxAttempts: 5,
    priority: 'scheduled',
    summaryKeys: ['created'],
    notRetried: 'A slot is started once: back up with `tenantatlas backup create`, or wait for the next slot.',
  }),
  'backup.prune': operation({
    label: 'Backup pruning',
    scope: 'tenant',
    input: z.strictObject({
      keepLast: z.int().min(1).max(10_000).optional(),
      keepDays: z.int().min(1).max(3650).optional(),
    }),
    identity: () => ({}),
    capability: 'retention.manage',
    cooldown: noCooldown,
    expectedSeconds: 10,
    limitMinutes: 120,
    maxAttempts: 5,
    priority: 'interactive',
    summaryKeys: ['removed', 'unchanged'],
  }),
  'retention.prune': operation({
    label: 'Retention',
    scope: 'workspace',
    input: z.strictObject({}),
    identity: () => ({}),
    capability: 'retention.manage',
    cooldown: noCooldown,
    expectedSeconds: 10,
    limitMinutes: 240,
    maxAttempts: 5,
    priority: 'scheduled',
    summaryKeys: ['removed', 'created'],
  }),
  'connection.verify': operation({
    label: 'Connection check',
    scope: 'tenant',
    input: z.strictObject({}),
    identity: () => ({}),
    capability: 'connections.verify',
    cooldown: noCooldown,
    expectedSeconds: 5,
    limitMinutes: 10,
    maxAttempts: 2,
    priority: 'interactive',
    summaryKeys: [],
  }),
  // Started by the scheduler for each workspace with something active (trigger `reconcile`), or by hand.
  'ops.reconcile_adapter_runs': operation({
    label: 'Run reconciliation',
    scope: 'workspace',
    input: z.strictObject({}),
    identity: () => ({}),
    capability: 'operations.manage',
    cooldown: noCooldown,
    expectedSeconds: 2,
    limitMinutes: 10,
    maxAttempts: 3,
    priority: 'interactive',
    failureCode: 'ops.reconcile_adapter_runs.failed',
    summaryKeys: ['reconciled', 'requeued', 'unchanged'],
  }),
} as const

export type OperationType = keyof typeof catalog
export type InputOf<T extends OperationType> = z.output<(typeof catalog)[T]['input']>
export type ContextOf<T extends OperationType> = (typeof catalog)[T]['scope'] extends 'tenant'
  ? TenantContext
  : WorkspaceContext

export const operationTypes = Object.keys(catalog) as readonly OperationType[]

/** Whether a type read from a row is one this version knows. */
export function isOperationType(text: string): text is OperationType {
  return Object.hasOwn(catalog, text)
}

/** @throws Failure `invalid_input` that says which there are */
export function requireOperationType(text: string): OperationType {
  if (isOperationType(text)) return text
  const all = operationTypes.join(', ')
  throw new Failure(
    'invalid_input',
    `There is no operation "${text}"; there are ${all}.${didYouMean(text, operationTypes)}`,
  )
}

/** What people read for a type, also one that only a newer version knows. */
export function operationLabel(type: string): string {
  return isOperationType(type) ? catalog[type].label : 'Unknown operation'
}

/** The stable code of a failure of a run as a whole. */
export function failureCode(type: string): string {
  const entry: { readonly failureCode?: string } = isOperationType(type) ? catalog[type] : {}
  return entry.failureCode ?? `${type}_failed`
}

function uuid() {
  return z.string().refine(isUuid, 'not an id').toLowerCase()
}

function sorted<T extends string>(list: readonly T[]): readonly T[] {
  return [...new Set(list)].toSorted()
}
