import { foundationNames } from '#domain/backups/backups.store.ts'
import type { FoundationType } from '#domain/backups/backup-set.ts'
import type { KnownName, Names } from '#domain/assignments/names.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/** What groups, filters and scope tags were called when a set was captured: also those the tenant has lost since. */
export async function namesInBackup(tx: Tx, ctx: TenantContext, backupSetId: BackupSetId): Promise<Names> {
  const rows = await foundationNames(tx, ctx, backupSetId)
  const named = (type: FoundationType): ReadonlyMap<string, KnownName> =>
    // A group that was deleted already is kept under its id, for want of a name.
    new Map(
      rows.flatMap((row) =>
        row.type === type && row.name !== row.id ? [[row.id, { name: row.name, isDeleted: false }]] : [],
      ),
    )
  const [groups, filters, scopeTags] = [named('groups'), named('assignmentFilters'), named('scopeTags')]
  return { group: (id) => groups.get(id), filter: (id) => filters.get(id), scopeTag: (id) => scopeTags.get(id) }
}

/** The names of one source, and of the other where the first has none. */
export function namesOfBoth(first: Names, second: Names): Names {
  const either =
    (what: keyof Names) =>
    (id: string): KnownName | undefined => {
      const [known, older] = [first[what](id), second[what](id)]
      if (known === undefined || known.name !== null) return known ?? older
      return { name: older?.name ?? null, isDeleted: known.isDeleted }
    }
  return { group: either('group'), filter: either('filter'), scopeTag: either('scopeTag') }
}
