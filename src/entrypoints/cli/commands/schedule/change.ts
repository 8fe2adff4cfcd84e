import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { jitterOption } from '#entrypoints/cli/schedules/jitter-option.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  name?: string
  cron?: string
  timeZone?: string
  catchUp?: 'once' | 'never'
  jitter?: string
}

export const scheduleChange: Command<Options> = async (cli, [text = ''], { jitter, ...changes }) => {
  const jitterSeconds = jitterOption(jitter)
  if (Object.keys(changes).length === 0 && jitterSeconds === undefined)
    throw new Failure('invalid_input', 'Say what to change: --name, --cron, --time-zone, --catch-up or --jitter.')
  const session = await openSession(cli)
  const { schedules } = session.api
  const { id } = await findSchedule(session, text)
  const one = { ...session.at, schedule: id }
  const { ifUnchanged } = await readForChange((read) => schedules.get(one, read))
  const wanted = { ...one, ...changes, ...(jitterSeconds !== undefined && { jitterSeconds }) }
  await printSchedule(cli, await schedules.change(wanted, ifUnchanged))
}
