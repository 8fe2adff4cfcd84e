/** What a person does in a case, through the product's own verbs. */
import { createBackup } from '#domain/backups/create-backup.ts'
import { backupSetOfRun } from '#domain/backups/show-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import type { BackupSetId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import type { Phase } from './plan-case.ts'
import type { Stage } from './stage.ts'
import { assignAll } from './tenant.ts'
import type { CaseTenant } from './tenant.ts'

/** Each starts a run and answers with its id; the phases in their order, each when the run before has ended. */
export type Acts = Readonly<Record<Phase | 'next', () => Promise<RunId>>>

export function actsOn(stage: Stage, tenant: CaseTenant): Acts {
  const { db } = stage.database
  const { ctx, policies } = tenant
  const types = [...new Set(policies.map(({ type }) => type))]
  let backupRunId: RunId | undefined
  let backupSetId: BackupSetId | undefined
  let restoreRunId: RestoreRunId | undefined
  return {
    async backup() {
      await assignAll(stage, tenant, 'desired')
      const { runId } = await createBackup(db, ctx, { types })
      return (backupRunId = runId)
    },
    async preview() {
      await assignAll(stage, tenant, 'wrecked')
      backupSetId = present(await backupSetOfRun(db, ctx, present(backupRunId))).id
      const wanted = policies.map(({ type, id }) => ({ type, graphId: id }))
      const planned = await planRestore(db, ctx, { backupSetId, mode: 'replace', policies: wanted })
      restoreRunId = planned.restoreRunId
      return planned.previewRunId
    },
    async restore() {
      const plan = await showRestore(db, ctx, { restoreRunId: present(restoreRunId) })
      const reviewed = { restoreRunId: plan.id, planHash: present(plan.planHash), tenantName: ctx.tenantName }
      return (await confirmRestore(db, ctx, reviewed)).runId
    },
    /** Something else for the worker that took over. */
    async next() {
      const input = { backupSetId: present(backupSetId) }
      return (await startRun(db, ctx, { type: 'backup.verify', input, trigger: 'user' })).runId
    },
  }
}

function present<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('the run before left nothing to go on with')
  return value
}
