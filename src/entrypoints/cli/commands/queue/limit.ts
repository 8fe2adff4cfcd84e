import { countOf } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { queueTarget } from '#entrypoints/cli/commands/queue/queue-target.ts'
import type { TargetOptions } from '#entrypoints/cli/commands/queue/queue-target.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const queueLimit: Command<Pick<TargetOptions, 'workspaceRuns'>> = async (cli, [text], options) => {
  const limit = countOption(text, 'The limit', { min: 1, max: 16, default: 1 })
  const session = await openSession(cli)
  const { queue } = session.api
  const target = await queueTarget(cli, session, options)
  switch (target.kind) {
    case 'types':
      throw new Failure('invalid_input', 'A limit is of a tenant: name it with --tenant.')
    case 'tenant':
      await queue.limitTenant({ ...target.at, limit })
      break
    case 'workspace':
      await queue.limitWorkspace({ ...session.at, limit })
  }
  cli.terminal.say(`Of ${target.words} ${countOf(limit, 'run')} may work at once, from the next one on.`)
}
