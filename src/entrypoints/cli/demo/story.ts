/**
 * The story, act by act: observe, back up, an accident, compare, restore, undo, restore again. Each act uses the verbs
 * that the commands use, and each claim is checked against what the simulated cloud saw.
 */
import { countOf, durationWords } from '#contract/moments.ts'
import { createBackup } from '#domain/backups/create-backup.ts'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import type { PolicyDifference } from '#domain/backups/diff-backup.ts'
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import type { PlannedRestore } from '#domain/restore/plan-restore.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { undoRestore } from '#domain/restore/undo-restore.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { planAccident } from '#entrypoints/cli/demo/accident.ts'
import type { Accident } from '#entrypoints/cli/demo/accident.ts'
import type { Stage } from '#entrypoints/cli/demo/stage.ts'
import type { Verdict } from '#entrypoints/cli/demo/verdict.ts'
import { differingPolicies, policyKey } from '#entrypoints/cli/demo/witness.ts'
import type { Traffic, Truth, Witness } from '#entrypoints/cli/demo/witness.ts'
import { followHere } from '#entrypoints/cli/runs/follow-here.ts'

/** Who tells the story, on what stage, who watches, and where claims go. */
export interface Telling {
  readonly cli: Cli
  readonly stage: Stage
  readonly witness: Witness
  readonly verdict: Verdict
}

export interface Ending {
  /** HTTP requests to Graph per act. */
  readonly requests: Readonly<Record<string, number>>
  /** Seconds per act. */
  readonly timings: Readonly<Record<string, number>>
}

type Seen = () => Promise<Traffic>

/** Tells the story to its end, or to the first act that cannot go on. @throws Failure, and the reason of Ctrl-C */
export async function tellStory(telling: Telling): Promise<Ending> {
  const requests: Record<string, number> = {}
  const timings: Record<string, number> = {}
  const act = async <T>(name: string, title: string, play: (seen: Seen) => Promise<T>): Promise<T> => {
    telling.cli.signal.throwIfAborted()
    const { terminal } = telling.cli
    terminal.say(`\n${terminal.onMessages.paint('bold', `${Object.keys(timings).length + 1}. ${title}`)}`)
    telling.verdict.begin(name)
    const beganAt = performance.now()
    await telling.witness.trafficSince()
    requests[name] = 0
    const result = await play(async () => {
      const seen = await telling.witness.trafficSince()
      requests[name] = (requests[name] ?? 0) + seen.requests
      return seen
    })
    timings[name] = Math.round(performance.now() - beganAt) / 1000
    return result
  }

  const { stage, witness } = telling
  const { db } = stage.product
  const healthy = await witness.truth()
  await act('sync', `Observe "${stage.tenant.tenantName}"`, (seen) => observe(telling, seen))
  const backupSetId = await act('backup', 'Back it up', (seen) => backUp(telling, seen))
  await act('dedupe', 'Press the button three times', (seen) => pressThreeTimes(telling, seen))
  const accident = await act('accident', 'Friday, 16:55: an accident in the portal', () => haveAccident(telling))
  const wrecked = await witness.truth()
  await act('compare', 'Compare with the backup', (seen) => compare(telling, { backupSetId, accident }, seen))

  const bringBack = {
    plan: () => planRestore(db, stage.tenant, { backupSetId, mode: 'replace', onlyChanged: true }),
    accident,
    goal: healthy,
    goalWords: 'the tenant is as it was backed up',
  }
  const restored = await act('restore', 'Restore: plan, review, apply, verify', (seen) =>
    apply(telling, bringBack, seen),
  )
  const takeBack = {
    plan: () => undoRestore(db, stage.tenant, { restoreRunId: restored.id }),
    accident,
    goal: wrecked,
    goalWords: "the accident's state is back",
  }
  await act('undo', 'Undo the restore', (seen) => apply(telling, takeBack, seen))
  await act('again', 'Restore again', (seen) => apply(telling, bringBack, seen))
  return { requests, timings }
}

async function observe(telling: Telling, seen: Seen): Promise<void> {
  const { stage, verdict } = telling
  const run = await follow(telling, await startSync(stage))
  const traffic = await seen()
  const all = await stage.control.objects(stage.entraTenantId)
  const there = all.filter(({ collection }) => isPolicyCollection(collection))
  verdict.equals('every policy was observed', run.counts['created'] ?? 0, there.length)
  verdict.equals('the run says so', run.outcome, 'succeeded')
  verdict.equals('reading wrote nothing', traffic.writes, 0)
  const policies = countOf(there.length, 'policy', 'policies')
  tell(telling, `${policies} with their assignments in ${countOf(traffic.requests, 'request')}, ${tookWords(run)}`)
}

async function backUp(telling: Telling, seen: Seen): Promise<BackupSetId> {
  const { product, tenant } = telling.stage
  const run = await follow(telling, await createBackup(product.db, tenant, { note: 'before the weekend' }))
  const set = await backupSetOfRun(product.db, tenant, run.id)
  const traffic = await seen()
  if (set === undefined) throw new TypeError('a backup run that ended has a set')
  telling.verdict.equals('the backup set is complete', set.state, 'complete')
  telling.verdict.equals('reading wrote nothing', traffic.writes, 0)
  const items = countOf(run.counts['succeeded'] ?? 0, 'object')
  tell(telling, `${items} with whole payloads in ${countOf(traffic.requests, 'request')}, ${tookWords(run)}`)
  return set.id
}

/** The second start finds the first one running; the third, right after, finds that it ran just now. */
async function pressThreeTimes(telling: Telling, seen: Seen): Promise<void> {
  const { stage, verdict } = telling
  const input = { what: { kind: 'all' as const } }
  const press = () => startRun(stage.product.db, stage.tenant, { type: 'assignments.fetch', input, trigger: 'user' })
  const first = await press()
  const second = await press()
  verdict.equals('a second start is answered "already running"', second.disposition, 'active')
  verdict.equals('and names the same run', second.runId, first.runId)
  await follow(telling, first)
  await seen()
  const third = await press()
  verdict.equals('one right after is answered "ran just now"', third.disposition, 'cooldown')
  verdict.equals('and names the same run again', third.runId, first.runId)
  verdict.equals('it sent no request', (await seen()).requests, 0)
}

async function haveAccident(telling: Telling): Promise<Accident> {
  const { stage, verdict, witness } = telling
  const before = await witness.truth()
  const accident = planAccident(await stage.control.objects(stage.entraTenantId))
  const changes = accident.changes.map(({ collection, id, assignments }) => ({
    action: 'setAssignments' as const,
    collection,
    id,
    assignments,
  }))
  await stage.control.change(stage.entraTenantId, changes)
  tellSome(telling, accident.changes, ({ name, what }) => `"${name}": ${what}`)
  const different = differingPolicies(before, await witness.truth())
  verdict.equals('policies that are assigned differently now', different.length, changes.length)
  return accident
}

async function compare(
  telling: Telling,
  { backupSetId, accident }: { readonly backupSetId: BackupSetId; readonly accident: Accident },
  seen: Seen,
): Promise<void> {
  const { stage, verdict } = telling
  await follow(telling, await startSync(stage))
  const { differences } = await diffBackup(stage.product.db, stage.tenant, { backupSetId })
  tellSome(telling, differences.toSorted(byWideningFirst), differenceWords)
  verdict.equals('the comparison shows exactly the accident', samePolicies(differences, accident), true)
  verdict.equals('reading wrote nothing', (await seen()).writes, 0)
}

interface RestoreAct {
  readonly plan: () => Promise<PlannedRestore>
  readonly accident: Accident
  readonly goal: Truth
  readonly goalWords: string
}

/** Plans, reviews, confirms and follows a restore; then asks the witness. */
async function apply(telling: Telling, act: RestoreAct, seen: Seen): Promise<RestoreView> {
  const { stage, verdict, witness } = telling
  const { db } = stage.product
  const { restoreRunId, previewRunId } = await act.plan()
  await follow(telling, { runId: previewRunId })
  const plan = await showRestore(db, stage.tenant, { restoreRunId, plan: 'write' })
  verdict.equals('the plan holds exactly those policies', samePolicies(plan.items, act.accident), true)
  verdict.equals('planning wrote nothing', (await seen()).writes, 0)

  const confirmation = { restoreRunId, planHash: plan.planHash ?? '', tenantName: stage.tenant.tenantName }
  const run = await follow(telling, await confirmRestore(db, stage.tenant, confirmation))
  const traffic = await seen()
  const wanted = act.accident.changes.map(({ key }) => key)
  const isOnce = sameTexts(traffic.changedPolicies, wanted) && traffic.writes === wanted.length
  verdict.equals('every policy was read back equal', run.counts['changed'] ?? 0, wanted.length)
  verdict.equals('each was written once, and nothing else was', isOnce, true)
  verdict.equals(act.goalWords, differingPolicies(act.goal, await witness.truth()).length === 0, true)
  tell(
    telling,
    `${countOf(traffic.writes, 'write')}, ${countOf(traffic.requests, 'request')} in all, ${tookWords(run)}`,
  )
  return showRestore(db, stage.tenant, { restoreRunId })
}

function startSync({ product, tenant }: Stage): Promise<EnsuredRun> {
  return startRun(product.db, tenant, { type: 'inventory.sync', input: {}, trigger: 'user' })
}

/** Follows a run to its end. @throws the reason of Ctrl-C */
async function follow({ cli, stage }: Telling, { runId }: { readonly runId: RunId }): Promise<RunView> {
  const run = await followHere(cli, stage.product, stage.tenant, runId)
  if (run !== undefined) return run
  throw cli.signal.reason
}

function isPolicyCollection(collection: string): boolean {
  return !/\/(assignmentFilters|notificationMessageTemplates)$/.test(collection)
}

function samePolicies(policies: readonly Pick<PolicyDifference, 'type' | 'graphId'>[], { changes }: Accident): boolean {
  const found = policies.map(({ type, graphId }) => policyKey({ collection: contractOf(type).collection, id: graphId }))
  return sameTexts(
    found,
    changes.map(({ key }) => key),
  )
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join('\n') === other.toSorted().join('\n')
}

function tell({ cli }: Telling, line: string): void {
  cli.terminal.say(`   ${line}`)
}

function tellSome<T>(telling: Telling, items: readonly T[], words: (item: T) => string): void {
  const shown = items.length > 5 ? 4 : items.length
  for (const item of items.slice(0, shown)) tell(telling, words(item))
  if (items.length > shown) tell(telling, `and ${countOf(items.length - shown, 'more policy', 'more policies')}`)
}

const signs = { added: '+', removed: '-', changed: '~' } as const

/** What may reach more than before is what people must see: new targets, lost filters, lost exclusions. */
function byWideningFirst(one: PolicyDifference, other: PolicyDifference): number {
  return Number(isOnlyLoss(one)) - Number(isOnlyLoss(other))
}

function isOnlyLoss(difference: PolicyDifference): boolean {
  if (difference.state !== 'changed') return false
  return difference.lines.every(({ kind }) => kind === 'removed') && !difference.lines.every(isExclusion)
}

function isExclusion({ text }: { readonly text: string }): boolean {
  return text.includes('(excluded group)')
}

function differenceWords(difference: PolicyDifference): string {
  if (difference.state !== 'changed') return `"${difference.name}": ${difference.state}`
  return `"${difference.name}": ${difference.lines.map(({ kind, text }) => `${signs[kind]} ${text}`).join('; ')}`
}

function tookWords({ startedAt, completedAt }: RunView): string {
  return durationWords((completedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0))
}
