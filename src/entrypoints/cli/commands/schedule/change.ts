import { changeSchedule } from '#domain/schedules/change-schedule.ts'
import type { CatchUp } from '#domain/schedules/schedule.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { jitterOption } from '#entrypoints/cli/schedules/jitter-option.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  name?: string
  cron?: string
  timeZone?: string
  catchUp?: CatchUp
  jitter?: string
}

export const scheduleChange: Command<Options> = async (cli, [text = ''], { jitter, ...changes }) => {
  const jitterSeconds = jitterOption(jitter)
  if (Object.keys(changes).length === 0 && jitterSeconds === undefined)
    throw new Failure('invalid_input', 'Say what to change: --name, --cron, --time-zone, --catch-up or --jitter.')
  await using session = await openSession(cli)
  const { id } = await findSchedule(session, text)
  const changed = await changeSchedule(session.product.db, session.ctx, {
    scheduleId: id,
    ...changes,
    ...(jitterSeconds !== undefined && { jitterSeconds }),
  })
  await printSchedule(cli, session, changed)
}
