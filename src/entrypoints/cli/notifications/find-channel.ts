import type { ChannelDocument } from '#contract/api/channels.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** The channel with that name or id. @throws Failure `not_found` with what was perhaps meant */
export async function findChannel({ api, at }: Session, text: string): Promise<ChannelDocument> {
  const { items } = await api.channels.list(at)
  const found = items.find(({ id, name }) => id === text.toLowerCase() || name === text)
  if (found !== undefined) return found
  const names = items.map(({ name }) => name)
  throw new Failure('not_found', `There is no channel "${text}" in this workspace.${didYouMean(text, names)}`)
}
