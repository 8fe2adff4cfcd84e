import type { ApiKeyDocument } from '#contract/api/keys.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { endingWith } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const apiKeyRevoke: Command = async (cli, [text = '']) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.keys.list(at)
  const { id, name, member } = pickKey(items, text)
  await confirm(cli, `This revokes the key "${name}" of ${member.name}: its next request is refused.`)
  await api.keys.revoke({ ...at, key: id })
  cli.terminal.say(`The key "${name}" is revoked.`)
}

/** By name, by the four characters that lists show of it, or by id. */
function pickKey(keys: readonly ApiKeyDocument[], text: string): ApiKeyDocument {
  const living = keys.filter(({ revokedAt }) => revokedAt === null)
  const named = living.filter(({ name, ending }) => name === text || ending === text)
  if (named.length > 1)
    throw new Failure(
      'ambiguous',
      `There are ${named.length} keys like "${text}"; give the id, as \`tenantatlas api-key list\` shows it.`,
    )
  const found = named[0] ?? endingWith(living, { text, plural: 'keys' })
  if (found !== undefined) return found
  const names = living.map(({ name }) => name)
  throw new Failure('not_found', `There is no key "${text}" that could be revoked.${didYouMean(text, names)}`)
}
