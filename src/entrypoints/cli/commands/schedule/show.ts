import type { Command } from '#entrypoints/cli/cli.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const scheduleShow: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  await printSchedule(cli, session, await findSchedule(session, text))
}
