import { changeRetention, showRetention } from '#domain/retention/change-retention.ts'
import { given } from '#foundation/kernel/given.ts'
import { retentionDocument } from '#entrypoints/documents/retention-document.ts'
import { workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { requireMatch, withEtag } from '#entrypoints/http/api/etag.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const retention = {
  show: os.retention.show.handler(async ({ context }) =>
    withEtag(context, retentionDocument(await showRetention(context.db, workspaceOf(context)))),
  ),
  change: os.retention.change.handler(async ({ context, input }) => {
    const { runsDays, auditDays, backupsKeepLast, backupsKeepDays } = input
    const changes = given({ runsDays, auditDays, backupsKeepLast, backupsKeepDays })
    const changed = await changeRetention(context.db, workspaceOf(context), changes, (current) =>
      requireMatch(context, retentionDocument(current)),
    )
    return withEtag(context, retentionDocument(changed))
  }),
}
