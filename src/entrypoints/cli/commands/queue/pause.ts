import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { queueTarget } from '#entrypoints/cli/commands/queue/queue-target.ts'
import type { QueueTarget, TargetOptions } from '#entrypoints/cli/commands/queue/queue-target.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export const queuePause: Command<TargetOptions & { reason?: string }> = async (cli, _args, options) => {
  const { reason } = options
  if (reason === undefined)
    throw new Failure('invalid_input', 'Say why with --reason "…": others see it where they wait.')
  const session = await openSession(cli)
  const target = await queueTarget(cli, session, options)
  await pause(session, target, reason)
  cli.terminal.say(
    `Paused ${target.words}: what waits is not begun; what runs goes on. See \`tenantatlas queue show\`.`,
  )
}

async function pause({ api: { queue }, at }: Session, target: QueueTarget, reason: string): Promise<void> {
  switch (target.kind) {
    case 'types':
      for (const type of target.types) await queue.pauseType({ ...at, type, reason })
      return
    case 'tenant':
      await queue.pauseTenant({ ...target.at, reason })
      return
    case 'workspace':
      await queue.pauseWorkspace({ ...at, reason })
  }
}

export const queueResume: Command<TargetOptions> = async (cli, _args, options) => {
  const session = await openSession(cli)
  const target = await queueTarget(cli, session, options)
  await resume(session, target)
  cli.terminal.say(`Resumed ${target.words}: what waits may begin.`)
}

async function resume({ api: { queue }, at }: Session, target: QueueTarget): Promise<void> {
  switch (target.kind) {
    case 'types':
      for (const type of target.types) await queue.resumeType({ ...at, type })
      return
    case 'tenant':
      await queue.resumeTenant(target.at)
      return
    case 'workspace':
      await queue.resumeWorkspace(at)
  }
}
