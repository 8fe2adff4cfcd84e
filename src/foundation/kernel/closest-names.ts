/**
 * The names a person may have meant, best first, at most `limit`: those that contain the text or are few letters away.
 * Empty when nothing is near: a far-fetched suggestion is worse than none.
 */
export function closestNames(wanted: string, names: readonly string[], limit = 3): string[] {
  const text = wanted.toLowerCase()
  const near = names
    .map((name) => ({ name, distance: distanceTo(text, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.ceil(text.length / 3))
  return near
    .toSorted((a, b) => a.distance - b.distance || a.name.length - b.name.length || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map(({ name }) => name)
}

/** "Did you mean a, b or c?", or nothing. */
export function didYouMean(wanted: string, names: readonly string[]): string {
  const quoted = closestNames(wanted, names).map((name) => `"${name}"`)
  const last = quoted.pop()
  if (last === undefined) return ''
  return quoted.length === 0 ? ` Did you mean ${last}?` : ` Did you mean ${quoted.join(', ')} or ${last}?`
}

function distanceTo(wanted: string, name: string): number {
  if (wanted !== '' && name.includes(wanted)) return 1
  return editDistance(wanted, name)
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let twoBack: number[] = []
  let back = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(back, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, at(back, j) + 1, at(row, j - 1) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) row[j] = Math.min(at(row, j), at(twoBack, j - 2) + 1)
    }
    twoBack = back
    back = row
  }
  return at(back, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
