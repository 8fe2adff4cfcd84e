import { resumeLane } from '#domain/operations/pause-lane.ts'
import { resumeType } from '#domain/operations/pause-type.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { queueTarget } from '#entrypoints/cli/commands/queue/queue-target.ts'
import type { TargetOptions } from '#entrypoints/cli/commands/queue/queue-target.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const queueResume: Command<TargetOptions> = async (cli, _args, options) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const target = await queueTarget(cli, session, options)
  if (target.kind === 'lane') await resumeLane(db, target.ctx)
  else for (const type of target.types) await resumeType(db, session.ctx, type)
  cli.terminal.say(`Resumed ${target.words}: what waits may begin.`)
}
