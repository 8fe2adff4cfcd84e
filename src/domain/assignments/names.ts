/** What people call the objects that assignments refer to. Read from the inventory, or empty. */
export interface KnownName {
  /** Null: the directory no longer knew the object when it was first seen. */
  readonly name: string | null
  readonly isDeleted: boolean
}

export interface Names {
  group(id: string): KnownName | undefined
  filter(id: string): KnownName | undefined
  scopeTag(id: string): KnownName | undefined
}

/** Knows nothing: words fall back to ids. */
export const noNames: Names = { group: () => undefined, filter: () => undefined, scopeTag: () => undefined }

/** `Pilot`, `Pilot (deleted)`, or the id when there is no name. */
export function nameOrId(id: string, known: KnownName | undefined): string {
  if (!known) return id
  return known.isDeleted ? `${known.name ?? id} (deleted)` : (known.name ?? id)
}
