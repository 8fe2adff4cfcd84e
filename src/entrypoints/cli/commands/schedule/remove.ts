import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleRemove: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const schedule = await findSchedule(session, text)
  // Nobody is asked to confirm what will be refused.
  if (schedule.isSystem)
    throw new Failure('invalid_state', `"${schedule.name}" is a schedule of TenantAtlas: pause it instead.`)
  await confirm(cli, `This removes the schedule "${schedule.name}" and the record of its slots.`)
  await session.api.schedules.remove({ ...session.at, schedule: schedule.id })
  if (cli.printer.isForPeople) return cli.terminal.say(`Removed "${schedule.name}". The runs it started stay.`)
  await cli.printer.detail({ document: schedule, facts: [] })
}
