import { pauseLane } from '#domain/operations/pause-lane.ts'
import { pauseType } from '#domain/operations/pause-type.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { queueTarget } from '#entrypoints/cli/commands/queue/queue-target.ts'
import type { TargetOptions } from '#entrypoints/cli/commands/queue/queue-target.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const queuePause: Command<TargetOptions & { reason?: string }> = async (cli, _args, options) => {
  const { reason } = options
  if (reason === undefined)
    throw new Failure('invalid_input', 'Say why with --reason "…": others see it where they wait.')
  await using session = await openSession(cli)
  const { db } = session.product
  const target = await queueTarget(cli, session, options)
  if (target.kind === 'lane') await pauseLane(db, target.ctx, { reason })
  else for (const type of target.types) await pauseType(db, session.ctx, type, { reason })
  cli.terminal.say(
    `Paused ${target.words}: what waits is not begun; what runs goes on. See \`tenantatlas queue show\`.`,
  )
}
