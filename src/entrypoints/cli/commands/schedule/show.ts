import type { Command } from '#entrypoints/cli/cli.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleShow: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findSchedule(session, text)
  await printSchedule(cli, await session.api.schedules.get({ ...session.at, schedule: id }))
}
