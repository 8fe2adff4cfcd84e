import { Failure } from '#foundation/kernel/failure.ts'

/** How many of the newest objects are searched for the end of an id. */
export const recent = 200
/** Fewer characters name nothing. */
const fewest = 4

/**
 * The one object whose id ends like that, as tables show ids on narrow terminals; undefined when there is none.
 * @throws Failure `ambiguous`
 */
export function endingWith<Item extends { readonly id: string }>(
  items: readonly Item[],
  { text, plural }: { readonly text: string; readonly plural: string },
): Item | undefined {
  // Copied from a table, the end has its ellipsis.
  const end = text.replace(/^…/, '').toLowerCase()
  if (end.length < fewest) return undefined
  const [found, ...others] = items.filter(({ id }) => id.endsWith(end))
  if (others.length > 0) throw new Failure('ambiguous', `Several ${plural} end with "${text}"; give more of the id.`)
  return found
}
