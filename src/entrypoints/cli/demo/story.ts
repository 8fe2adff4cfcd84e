/**
 * The story, act by act: observe, back up, an accident, compare, plan, restore, undo, restore again. Each act uses the
 * verbs that the commands use, and each claim is checked against what the simulated cloud saw.
 */
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import { createBackup } from '#domain/backups/create-backup.ts'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import type { PlannedRestore } from '#domain/restore/plan-restore.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { undoRestore } from '#domain/restore/undo-restore.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import { countOf, durationWords } from '#contract/moments.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { followRun } from '#entrypoints/cli/runs/follow-run.ts'
import { planAccident } from '#entrypoints/cli/demo/accident.ts'
import type { Accident } from '#entrypoints/cli/demo/accident.ts'
import type { Stage } from '#entrypoints/cli/demo/stage.ts'
import type { Verdict } from '#entrypoints/cli/demo/verdict.ts'
import { createWitness, differingPolicies } from '#entrypoints/cli/demo/witness.ts'
import type { Traffic, Truth, Witness } from '#entrypoints/cli/demo/witness.ts'

export interface Ending {
  /** HTTP requests to Graph per act. */
  readonly requests: Readonly<Record<string, number>>
  /** Seconds per act. */
  readonly timings: Readonly<Record<string, number>>
}

/** Who tells the story, with what, and where its claims go. */
interface Telling {
  readonly cli: Cli
  readonly stage: Stage
  readonly witness: Witness
  readonly verdict: Verdict
}

/** Tells the story on a stage. @throws Failure when an act cannot go on, `cancelled` after Ctrl-C */
export async function tellStory(cli: Cli, stage: Stage, verdict: Verdict): Promise<Ending> {
  const witness = createWitness(stage.control, stage.entraTenantId)
  const telling = { cli, stage, witness, verdict }
  const requests: Record<string, number> = {}
  const timings: Record<string, number> = {}
  const act = async <T>(name: string, title: string, play: () => Promise<T>): Promise<T> => {
    cli.signal.throwIfAborted()
    cli.terminal.say(`\n${cli.terminal.onMessages.paint('bold', `${Object.keys(timings).length + 1}. ${title}`)}`)
    const beganAt = performance.now()
    await witness.trafficSince()
    const result = await play()
    timings[name] = Math.round(performance.now() - beganAt) / 1000
    return result
  }
  const traffic = async (name: string): Promise<Traffic> => {
    const seen = await witness.trafficSince()
    requests[name] = (requests[name] ?? 0) + seen.requests
    return seen
  }

  const healthy = await witness.truth()
  await act('sync', `Observe ${stage.tenant.tenantName}`, async () => observe(telling, healthy, await traffic('sync')))
  return { requests, timings }
}
