import { createBackup } from '#domain/backups/create-backup.ts'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { listBackups } from '#domain/backups/list-backups.ts'
import { pinBackup, unpinBackup } from '#domain/backups/pin-backup.ts'
import { previewPrunePage, pruneBackups } from '#domain/backups/prune-backups.ts'
import { findBackupItem, showBackup } from '#domain/backups/show-backup.ts'
import { verifyBackup } from '#domain/backups/verify-backup.ts'
import { backupRuleOf } from '#domain/retention/backup-rule.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { backupDetailDocument, backupDocument } from '#entrypoints/documents/backup-document.ts'
import { backupDiffDocument } from '#entrypoints/documents/backup-diff-document.ts'
import { pruneDocument } from '#entrypoints/documents/prune-document.ts'
import { type ApiContext, tenantOf, triggerOf } from '#entrypoints/http/api/api-context.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { policyTypesOf } from '#entrypoints/http/api/policy-types.ts'

export const backups = {
  list: os.backups.list.handler(async ({ context, input: { limit, cursor, state, run } }) => {
    const tenant = tenantOf(context)
    const query = { states: state, ...(run !== undefined && { runId: asId<RunId>(run) }) }
    const { items, nextCursor } = await listBackups(context.db, tenant, { ...query, limit, cursor })
    return { items: items.map((set) => backupDocument(tenant, set)), nextCursor }
  }),
  create: os.backups.create.handler(async ({ context, input: { note, types: named } }) => {
    const types = policyTypesOf(named)
    const backup = {
      ...(note !== undefined && { note }),
      ...(types && { types }),
      trigger: triggerOf(context),
    } as const
    return answerStart(await createBackup(context.db, tenantOf(context), backup))
  }),
  get: os.backups.get.handler(({ context, input }) => shown(context, asId(input.backup))),
  findPolicy: os.backups.findPolicy.handler(async ({ context, input: { backup, name } }) => {
    const wanted = { backupSetId: asId<BackupSetId>(backup), text: name }
    const { type, graphId, name: found } = await findBackupItem(context.db, tenantOf(context), wanted)
    return { type, typeLabel: contractOf(type).label, graphId, name: found }
  }),
  diff: os.backups.diff.handler(async ({ context, input: { backup, limit, cursor } }) => {
    const diff = await diffBackup(context.db, tenantOf(context), { backupSetId: asId(backup), limit, cursor })
    return { ...backupDiffDocument(diff), nextCursor: diff.nextCursor }
  }),
  verify: os.backups.verify.handler(async ({ context, input }) => {
    const backup = { backupSetId: asId<BackupSetId>(input.backup), trigger: triggerOf(context) } as const
    return answerStart(await verifyBackup(context.db, tenantOf(context), backup))
  }),
  pin: os.backups.pin.handler(async ({ context, input }) => {
    const { id } = await pinBackup(context.db, tenantOf(context), asId(input.backup))
    return shown(context, id)
  }),
  unpin: os.backups.unpin.handler(async ({ context, input }) => {
    const { id } = await unpinBackup(context.db, tenantOf(context), asId(input.backup))
    return shown(context, id)
  }),
  prunePlan: os.backups.prunePlan.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    const rule = await backupRuleOf(context.db, tenant, input)
    const { items, removed, nextCursor } = await previewPrunePage(context.db, tenant, rule, input)
    return { items: items.map(pruneDocument), removed, nextCursor }
  }),
  prune: os.backups.prune.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    return answerStart(
      await pruneBackups(context.db, tenant, await backupRuleOf(context.db, tenant, input), triggerOf(context)),
    )
  }),
}

async function shown(context: ApiContext, backupSetId: BackupSetId) {
  const tenant = tenantOf(context)
  return backupDetailDocument(tenant, await showBackup(context.db, tenant, { backupSetId }))
}
