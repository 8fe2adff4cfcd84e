import { removeSchedule } from '#domain/schedules/remove-schedule.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { scheduleDocument } from '#entrypoints/documents/schedule-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleRemove: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const schedule = await findSchedule(session, text)
  if (schedule.isSystem)
    throw new Failure('invalid_state', `"${schedule.name}" is a schedule of TenantAtlas: pause it instead.`)
  await confirm(cli, `This removes the schedule "${schedule.name}" and the record of its slots.`)
  await removeSchedule(session.product.db, session.ctx, schedule.id)
  if (cli.printer.isForPeople) return cli.terminal.say(`Removed "${schedule.name}". The runs it started stay.`)
  await cli.printer.detail({ document: scheduleDocument(schedule), facts: [] })
}
