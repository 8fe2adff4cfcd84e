import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'

interface Named {
  readonly id: string
  readonly slug: string
  readonly name: string
}

/**
 * The workspace with that slug, id or exact name; without a text the only one there is.
 * @throws Failure `missing_configuration` when there is none, `ambiguous` when one must be named, `not_found`
 */
export function pickWorkspace<W extends Named>(workspaces: readonly W[], text: string | undefined): W {
  const [first, ...others] = workspaces
  if (first === undefined)
    throw new Failure('missing_configuration', 'You belong to no workspace: ask an owner of one for an invitation.')
  const slugs = workspaces.map(({ slug }) => slug)
  if (text !== undefined) {
    const found = workspaces.find(({ slug, id, name }) => [slug, id, name].includes(text))
    if (found !== undefined) return found
    throw new Failure('not_found', `There is no workspace "${text}".${didYouMean(text, slugs)}`)
  }
  if (others.length === 0) return first
  throw new Failure(
    'ambiguous',
    `You belong to ${slugs.length} workspaces; name one with --workspace: ${slugs.join(', ')}.`,
  )
}
