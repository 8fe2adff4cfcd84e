import { setLaneLimit } from '#domain/operations/limit-lane.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { queueTarget } from '#entrypoints/cli/commands/queue/queue-target.ts'
import type { TargetOptions } from '#entrypoints/cli/commands/queue/queue-target.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const queueLimit: Command<Pick<TargetOptions, 'workspaceRuns'>> = async (cli, [text], options) => {
  const limit = countOption(text, 'The limit', { min: 1, max: 16, default: 1 })
  await using session = await openSession(cli)
  const target = await queueTarget(cli, session, options)
  if (target.kind !== 'lane') throw new Failure('invalid_input', 'A limit is of a tenant: name it with --tenant.')
  await setLaneLimit(session.product.db, target.ctx, limit)
  cli.terminal.say(`Of ${target.words} ${countOf(limit, 'run')} may work at once, from the next one on.`)
}
