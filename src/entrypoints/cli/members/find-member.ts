import type { MemberDocument } from '#contract/api/members.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { endingWith } from '#entrypoints/cli/ending-with.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/**
 * The member a command names: by their id or the end of it, or by their name.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous`
 */
export async function findMember({ api, at }: Session, text: string): Promise<MemberDocument> {
  const { items } = await api.members.list(at)
  const lower = text.toLowerCase()
  const byId = items.find(({ id }) => id === lower)
  if (byId !== undefined) return byId
  const [named, ...others] = items.filter(({ name }) => name.toLowerCase() === lower)
  if (others.length > 0)
    throw new Failure(
      'ambiguous',
      `Several members are called "${text}"; give the id, as \`tenantatlas member list\` shows it.`,
    )
  const found = named ?? endingWith(items, { text, plural: 'members' })
  if (found !== undefined) return found
  const names = items.map(({ name }) => name)
  throw new Failure('not_found', `There is no member "${text}" in this workspace.${didYouMean(text, names)}`)
}
