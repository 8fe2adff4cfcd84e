import type { RunItemView } from '#domain/operations/list-run-items.ts'

/** One line of the item ledger as programs see it. */
export interface RunItemDocument {
  readonly key: string
  readonly label: string | null
  readonly outcome: RunItemView['outcome']
  readonly counts: Readonly<Record<string, number>>
  readonly failure: { readonly code: string; readonly reason: string; readonly message: string } | null
  readonly updatedAt: string
}

export function runItemDocument({ key, label, outcome, counts, failure, updatedAt }: RunItemView): RunItemDocument {
  return { key, label, outcome, counts, failure, updatedAt: updatedAt.toISOString() }
}
