/** What became of every file of an export folder. */
export interface LoadReport {
  readonly loaded: LoadedObject[]
  /** Files that were read for others: group tables, scripts, assignments. */
  readonly used: { readonly file: string; readonly use: string }[]
  readonly notUnderstood: { readonly file: string; readonly reason: string }[]
  /** What was added or is missing in files that were loaded. */
  readonly notes: { readonly file: string; readonly note: string }[]
}

export interface LoadedObject {
  readonly file: string
  /** `/groups` for groups, else the collection. */
  readonly collection: string
  readonly id: string
  /** `unknown`: the export does not say whether there are any, so there are none here. */
  readonly assignments: number | 'unknown'
}
