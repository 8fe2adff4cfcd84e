import type { BackupDiffDocument } from '#contract/api/backups.ts'
import { everyPage } from '#entrypoints/cli/server/all-pages.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** What happened since a backup: all differences, however many there are. */
export async function diffBackup({ api, at }: Session, { id }: { readonly id: string }): Promise<BackupDiffDocument> {
  const pages = await everyPage((page) => api.backups.diff({ ...at, backup: id, ...page }))
  const sum = (count: 'compared' | 'unchanged') => pages.reduce((total, page) => total + page[count], 0)
  return {
    backupSetId: id,
    compared: sum('compared'),
    unchanged: sum('unchanged'),
    differences: pages.flatMap(({ differences }) => differences),
  }
}
