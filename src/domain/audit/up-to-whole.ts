interface Numbered {
  readonly seq: number
}

/**
 * Of rows in the order of their numbers, of which one more than `limit` was asked for: as many as there is room for
 * without tearing rows of one number apart, and up to which number these go. Null: there are no more.
 */
export function upToWhole<Row extends Numbered>(
  rows: readonly Row[],
  limit: number,
): { readonly rows: readonly Row[]; readonly upTo: number | null } {
  const beyond = rows[limit]
  if (beyond === undefined) return { rows, upTo: null }
  const whole = rows.filter(({ seq }) => seq < beyond.seq)
  const last = whole.at(-1)
  // More rows of one number than there is room for: that they are there is all there is to find.
  return last === undefined ? { rows, upTo: beyond.seq } : { rows: whole, upTo: last.seq }
}
