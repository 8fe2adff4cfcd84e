import type { Command } from '#entrypoints/cli/cli.ts'
import { findSchedule } from '#entrypoints/cli/schedules/find-schedule.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const schedulePause: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findSchedule(session, text)
  await printSchedule(cli, await session.api.schedules.pause({ ...session.at, schedule: id }))
  cli.terminal.say(`It starts nothing until \`tenantatlas schedule resume\`; what runs already goes on.`)
}

export const scheduleResume: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id } = await findSchedule(session, text)
  await printSchedule(cli, await session.api.schedules.resume({ ...session.at, schedule: id }))
}
