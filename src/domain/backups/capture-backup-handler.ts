/**
 * `backup.capture`: one backup set, always read live. The set belongs to the run: an attempt that was cut off is
 * continued by the next one, which skips the types that are done. Nothing but the page being read is in memory.
 */
import {
  captureFilters,
  captureGroups,
  captureNotificationTemplates,
  captureScopeTags,
} from '#domain/backups/capture-foundations.ts'
import type { FoundationCapture } from '#domain/backups/capture-foundations.ts'
import { captureType } from '#domain/backups/capture-type.ts'
import type { TypeCapture } from '#domain/backups/capture-type.ts'
import {
  closeSet,
  deleteItemsOfType,
  insertItems,
  openSetOfRun,
  referencedGroupIds,
  setTypeCompleteness,
} from '#domain/backups/capture.store.ts'
import { foundationTypes, stateOfSet } from '#domain/backups/backup-set.ts'
import type { BackupItemType, Completeness, FoundationType, TypeCompleteness } from '#domain/backups/backup-set.ts'
import { observedSince } from '#domain/backups/diff-backup.store.ts'
import { manifestHashOf } from '#domain/backups/manifest-hash.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, RunResult, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import type { GraphClient, GraphReader } from '#graph/client/graph-client.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

type Input = InputOf<'backup.capture'>

export interface CaptureBackupDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
}

export function createCaptureBackupHandler(deps: CaptureBackupDeps): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { reader } = await deps.graphFor(ctx)
    const wanted = run.input.types?.map(contractOf) ?? contracts
    await run.items.plan([
      ...wanted.map(({ key, labelPlural }) => ({ key, label: labelPlural })),
      ...foundationLabels(),
    ])
    const set = await inWorkspace(deps.db, ctx, async (tx) => {
      await run.assertFence(tx)
      return openSetOfRun(tx, ctx, { runId: run.runId, note: run.input.note })
    })
    const capture = new Capture({ db: deps.db, ctx, run, reader, backupSetId: set.id, done: set.completeness })
    await capture.policies(wanted)
    await capture.foundations()
    return capture.close()
  }
}

const foundationLabel = {
  groups: 'Groups',
  assignmentFilters: 'Assignment filters',
  scopeTags: 'Scope tags',
  notificationMessageTemplates: 'Notification templates',
} as const satisfies Record<FoundationType, string>

function foundationLabels(): { readonly key: string; readonly label: string }[] {
  return foundationTypes.map((type) => ({ key: type, label: foundationLabel[type] }))
}

interface CaptureScope {
  readonly db: Database
  readonly ctx: TenantContext
  readonly run: RunHandle<Input>
  readonly reader: GraphReader
  readonly backupSetId: BackupSetId
  /** Types that an earlier attempt of this run finished. */
  readonly done: Completeness
}

/** The capture of one set in one attempt. */
class Capture {
  readonly #scope: CaptureScope
  readonly #completeness: Partial<Record<BackupItemType, TypeCompleteness>>

  constructor(scope: CaptureScope) {
    this.#scope = scope
    this.#completeness = { ...scope.done }
  }

  async policies(wanted: readonly PolicyContract[]): Promise<void> {
    const { run } = this.#scope
    for (const [index, contract] of wanted.entries()) {
      run.progress({ processed: index, total: wanted.length + foundationTypes.length, step: contract.labelPlural })
      if (!this.#isDone(contract.key)) await this.#policyType(contract)
    }
    this.#refuseWhenNothingWasRead(wanted)
  }

  /** A type whose list could not be read at all is tried again by the next attempt. */
  #isDone(type: BackupItemType): boolean {
    const before = this.#completeness[type]
    return before !== undefined && before.state !== 'failed'
  }

  async #policyType(contract: PolicyContract): Promise<void> {
    const { ctx, db, reader, run, backupSetId } = this.#scope
    await this.#fenced((tx) => deleteItemsOfType(tx, ctx, { backupSetId, type: contract.key }))
    const capture = await captureType(ctx, contract, {
      reader,
      signal: run.signal,
      store: (items) => this.#fenced((tx) => insertItems(tx, ctx, { backupSetId, type: contract.key, items })),
      knownAndNotCaptured: () =>
        inWorkspace(db, ctx, (tx) => observedSince(tx, ctx, { backupSetId, types: [contract.key] })),
    })
    await this.#fenced((tx) =>
      this.#finishType(tx, contract.key, {
        completeness: capture.completeness,
        item: policyTypeItem(contract, capture),
      }),
    )
  }

  /** Every type failed: that is the connection's problem and not the set's. */
  #refuseWhenNothingWasRead(wanted: readonly PolicyContract[]): void {
    const types = wanted.map(({ key }) => this.#completeness[key])
    if (!types.every((type) => type?.state === 'failed')) return
    const problem = types.flatMap((type) => type?.problems ?? [])[0]
    throw new Failure(
      problem?.reason ?? 'incomplete_read',
      `No policy type could be read: ${problem?.message ?? 'nothing was wanted.'}`,
    )
  }

  async foundations(): Promise<void> {
    const { ctx, db, reader, run, backupSetId } = this.#scope
    const { signal } = run
    const ids = await inWorkspace(db, ctx, (tx) => referencedGroupIds(tx, ctx, { backupSetId }))
    await this.#foundation('groups', () => captureGroups(ctx, { reader, ids, signal }))
    await this.#foundation('assignmentFilters', () => captureFilters(ctx, { reader, signal }))
    await this.#foundation('scopeTags', () => captureScopeTags(ctx, { reader, signal }))
    await this.#foundation('notificationMessageTemplates', () => captureNotificationTemplates(ctx, { reader, signal }))
  }

  async #foundation(type: FoundationType, read: () => Promise<FoundationCapture>): Promise<void> {
    if (this.#isDone(type)) return
    const { ctx, backupSetId } = this.#scope
    const { items, completeness } = await read()
    await this.#fenced(async (tx) => {
      await deleteItemsOfType(tx, ctx, { backupSetId, type })
      await insertItems(tx, ctx, { backupSetId, type, items })
      await this.#finishType(tx, type, { completeness, item: foundationItem(type, completeness) })
    })
  }

  async #finishType(
    tx: Tx,
    type: BackupItemType,
    { completeness, item }: { readonly completeness: TypeCompleteness; readonly item: RunItem },
  ): Promise<void> {
    const { ctx, run, backupSetId } = this.#scope
    this.#completeness[type] = completeness
    await setTypeCompleteness(tx, ctx, { backupSetId, type, completeness })
    await run.items.recordIn(tx, [item])
  }

  async close(): Promise<RunResult> {
    const { ctx, backupSetId } = this.#scope
    const state = stateOfSet(this.#completeness)
    await this.#fenced(async (tx) => {
      const manifestHash =
        state === 'failed' ? null : await manifestHashOf(tx, ctx, { backupSetId, completeness: this.#completeness })
      await closeSet(tx, ctx, { backupSetId, state, manifestHash })
    })
    return { context: { backupSetId, backupState: state } }
  }

  async #fenced<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { ctx, db, run } = this.#scope
    return inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      return work(tx)
    })
  }
}

function policyTypeItem({ key, labelPlural }: PolicyContract, { completeness, created }: TypeCapture): RunItem {
  const { captured, unread, state } = completeness
  const failed = state === 'failed' || state === 'partial' ? Math.max(unread, 1) : 0
  return {
    key,
    label: labelPlural,
    ...howItEnded(completeness),
    counts: {
      total: captured + failed,
      processed: captured + failed,
      succeeded: captured,
      failed,
      skipped: 0,
      created,
      unchanged: captured - created,
      unread,
    },
  }
}

/** Foundations count only when they fail: people count policies. */
function foundationItem(type: FoundationType, completeness: TypeCompleteness): RunItem {
  const failed = completeness.state === 'failed' || completeness.state === 'partial' ? 1 : 0
  return {
    key: type,
    label: foundationLabel[type],
    ...howItEnded(completeness),
    counts: { total: failed, processed: failed, succeeded: 0, failed, skipped: 0 },
  }
}

function howItEnded({ state, problems }: TypeCompleteness): Pick<RunItem, 'outcome' | 'failure'> {
  if (state === 'complete') return { outcome: 'succeeded' }
  if (state === 'not_applicable') return { outcome: 'skipped' }
  const [problem] = problems
  const { reason, message } = problem ?? {
    reason: 'incomplete_read' as const,
    message: 'Part of the list could not be read.',
  }
  return { outcome: 'failed', failure: { code: 'backup.capture_failed', reason, message } }
}
