/**
 * `restore.preview`: makes the plan of a restore run. Reads what is live, compares it with what is wanted, says per
 * policy what will be written or why not, and gives the plan its hash. Writes nothing into the tenant.
 */
import type { Names } from '#domain/assignments/names.ts'
import { namesInBackup, namesOfBoth } from '#domain/backups/names-in-backup.ts'
import { namesOf } from '#domain/inventory/names.ts'
import { isGranted } from '#domain/connections/permission-needs.ts'
import { LiveDirectory } from '#domain/restore/live-directory.ts'
import { planItem } from '#domain/restore/plan-item.ts'
import type { Live, PlannedItem } from '#domain/restore/plan-item.ts'
import { planHashOf } from '#domain/restore/plan-hash-of.ts'
import { readLive } from '#domain/restore/read-live.ts'
import { checkBackupSet, checkWritePermission, PlanTally } from '#domain/restore/restore-checks.ts'
import type { RestoreFailpoint } from '#domain/restore/restore-failpoints.ts'
import { sourceOf } from '#domain/restore/restore-source.ts'
import type { RestoreSource, WantedPolicy } from '#domain/restore/restore-source.ts'
import { deleteItems, insertItems, setPreviewed } from '#domain/restore/restores.store.ts'
import type { NewItem } from '#domain/restore/restores.store.ts'
import type { Check, RestoreRun } from '#domain/restore/restore-run.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { getSet } from '#domain/backups/show-backup.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import type { Failure } from '#foundation/kernel/failure.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

type Input = InputOf<'restore.preview'>

export interface PreviewRestoreDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
}

export function createPreviewRestoreHandler(deps: PreviewRestoreDeps): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { restoreRunId } = run.input
    const restore = await inWorkspace(deps.db, ctx, (tx) => getRestore(tx, ctx, restoreRunId))
    // A plan that stands is not made again: it may be about to be confirmed.
    if (restore.planHash !== null) return { context: { restoreRunId } }
    const graph = await deps.graphFor(ctx)
    const directory = new LiveDirectory(graph.reader, await knownNames(deps.db, ctx, restore))
    const preview = new Preview({ db: deps.db, ctx, run, restore, graph, directory })
    await preview.make()
    return { context: { restoreRunId } }
  }
}

/** What was last observed; where that has no name, what the backup says. */
async function knownNames(db: Database, ctx: TenantContext, { backupSetId }: RestoreRun): Promise<Names> {
  const observed = await namesOf(db, ctx)
  if (backupSetId === null) return observed
  return namesOfBoth(observed, await inWorkspace(db, ctx, (tx) => namesInBackup(tx, ctx, backupSetId)))
}

interface PreviewScope {
  readonly db: Database
  readonly ctx: TenantContext
  readonly run: RunHandle<Input>
  readonly restore: RestoreRun
  readonly graph: GraphClient
  readonly directory: LiveDirectory
}

class Preview {
  readonly #scope: PreviewScope
  readonly #tally = new PlanTally()
  readonly #writtenTypes = new Set<PolicyType>()
  #ordinal = 0

  constructor(scope: PreviewScope) {
    this.#scope = scope
  }

  async make(): Promise<void> {
    const { db, ctx, run, restore } = this.#scope
    const source = sourceOf(db, ctx, restore)
    const types = await source.types()
    await run.items.plan(types.map(({ type }) => ({ key: type, label: contractOf(type).labelPlural })))
    await this.#fenced((tx) => deleteItems(tx, ctx, restore.id))
    const total = types.reduce((sum, { count }) => sum + count, 0)
    for (const { type } of types) {
      run.progress({ processed: this.#ordinal, total, step: contractOf(type).labelPlural })
      await this.#planType(type, source)
    }
    await this.#save(await this.#checks())
  }

  /** Reads live once per type; the wanted sets come page by page. */
  async #planType(type: PolicyType, source: RestoreSource): Promise<void> {
    const { graph, run } = this.#scope
    const ids: string[] = []
    for await (const page of source.policies(type)) ids.push(...page.map(({ graphId }) => graphId))
    const live = await readLive(graph.reader, contractOf(type), { ids, signal: run.signal })
    const count = new TypeCount()
    for await (const page of source.policies(type)) await this.#planPage(page, live, count)
    await run.items.record([count.item(type)])
  }

  async #planPage(page: readonly WantedPolicy[], live: ReadonlyMap<string, Live>, count: TypeCount): Promise<void> {
    const { ctx, directory, restore, run } = this.#scope
    await directory.learn(
      page.flatMap((policy) => referencesOf(policy, live)),
      run.signal,
    )
    const planned = page.map((policy) => ({ policy, item: this.#plan(policy, live.get(policy.graphId)) }))
    const kept = planned.filter(({ item }) => !(restore.onlyChanged && item.plan === 'no_change'))
    const rows = kept.map(({ policy, item }) => newItem(policy, item, this.#ordinal++))
    for (const { item } of planned) count.add(item)
    await this.#fenced((tx) => insertItems(tx, ctx, restore.id, rows))
  }

  #plan({ type, wanted }: WantedPolicy, live: Live | undefined): PlannedItem {
    const { restore, directory } = this.#scope
    const contract = contractOf(type)
    const item = planItem({ contract, mode: restore.mode, wanted, live: live ?? notRead, directory })
    this.#tally.add(item)
    if (item.plan === 'write') this.#writtenTypes.add(type)
    return item
  }

  async #checks(): Promise<Check[]> {
    const { db, ctx, graph, restore, run } = this.#scope
    const needed = [...this.#writtenTypes].flatMap((type) => capabilitiesOf(contractOf(type)).permissions.write)
    const granted =
      needed.length === 0 ? ({ state: 'read', value: [] } as const) : await graph.writer.grantedPermissions(run)
    const checks = [checkWritePermission(needed, granted, isGranted), ...this.#tally.checks()]
    if (restore.backupSetId === null) return checks
    const { backupSetId } = restore
    return [...checks, ...checkBackupSet(await inWorkspace(db, ctx, (tx) => getSet(tx, ctx, backupSetId)))]
  }

  async #save(checks: readonly Check[]): Promise<void> {
    const { ctx, restore } = this.#scope
    failpoint('restore.plan_saving' satisfies RestoreFailpoint)
    await this.#fenced(async (tx) => {
      const planHash = await planHashOf(tx, ctx, restore)
      await setPreviewed(tx, ctx, restore.id, { planHash, checks })
    })
    failpoint('restore.plan_saved' satisfies RestoreFailpoint)
  }

  async #fenced<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { ctx, db, run } = this.#scope
    return inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      return work(tx)
    })
  }
}

const notRead: Live = { state: 'unread', problem: { reason: 'incomplete_read', message: 'It was not asked for.' } }

function referencesOf({ graphId, wanted }: WantedPolicy, live: ReadonlyMap<string, Live>) {
  const found = live.get(graphId)
  return [
    ...(wanted.state === 'known' ? wanted.assignments : []),
    ...(found?.state === 'read' ? found.assignments.assignments : []),
  ]
}

function newItem({ type, graphId, name }: WantedPolicy, item: PlannedItem, ordinal: number): NewItem {
  const who = { ordinal, type, graphId, name, plan: item.plan }
  if (item.plan === 'skip') {
    return {
      ...who,
      preview: null,
      desired: null,
      diff: item.diff,
      reason: item.refusal.reason,
      message: item.refusal.message,
    }
  }
  const diff = item.plan === 'write' ? item.diff : []
  return { ...who, preview: item.preview, desired: item.desired, diff, reason: null, message: null }
}

/** What the preview of one type came to. */
class TypeCount {
  #changed = 0
  #unchanged = 0
  #skipped = 0
  #unread = 0
  #problem: { readonly reason: Failure['reason']; readonly message: string } | undefined

  add(item: PlannedItem): void {
    if (item.plan === 'write') this.#changed += 1
    else if (item.plan === 'no_change') this.#unchanged += 1
    else if (item.cause === 'live') {
      this.#unread += 1
      this.#problem ??= item.refusal
    } else this.#skipped += 1
  }

  item(type: PolicyType): RunItem {
    const [succeeded, failed, skipped] = [this.#changed + this.#unchanged, this.#unread, this.#skipped]
    const total = succeeded + failed + skipped
    const counts = {
      total,
      processed: total,
      succeeded,
      failed,
      skipped,
      changed: this.#changed,
      unchanged: this.#unchanged,
      unread: failed,
    }
    const label = contractOf(type).labelPlural
    if (this.#problem === undefined) return { key: type, label, outcome: 'succeeded', counts }
    return {
      key: type,
      label,
      outcome: 'failed',
      counts,
      failure: { code: 'restore.preview_unread', ...pick(this.#problem) },
    }
  }
}

function pick({ reason, message }: { readonly reason: Failure['reason']; readonly message: string }) {
  return { reason, message }
}
