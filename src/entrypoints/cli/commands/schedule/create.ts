import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { jitterOption } from '#entrypoints/cli/schedules/jitter-option.ts'
import { printSchedule } from '#entrypoints/cli/schedules/print-schedule.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  cron?: string
  timeZone?: string
  allTenants?: true
  type?: string
  note?: string
  catchUp?: 'once' | 'never'
  jitter?: string
}

export const scheduleCreate: Command<Options> = async (cli, [name = ''], options) => {
  const { cron, type, note, catchUp, allTenants } = options
  if (cron === undefined) throw new Failure('invalid_input', 'Say when with --cron, such as --cron "0 2 * * *".')
  requireOneScope(cli, options)
  const jitterSeconds = jitterOption(options.jitter)
  const definition = {
    name,
    cron,
    timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(type !== undefined && { type }),
    ...(note !== undefined && { note }),
    ...(catchUp && { catchUp }),
    ...(jitterSeconds !== undefined && { jitterSeconds }),
  }
  const session = await openSession(cli)
  const { schedules } = session.api
  const created = allTenants
    ? await schedules.createForAll({ ...session.at, ...definition })
    : await schedules.createForTenant({ ...(await session.tenant()).at, ...definition })
  await printSchedule(cli, created)
}

function requireOneScope({ options: { tenant } }: Cli, options: Options): void {
  const allTenants = options.allTenants === true
  if (allTenants !== (tenant === undefined)) {
    const mistake = allTenants ? 'Give --tenant or --all-tenants, not both' : 'Say for whom'
    const how = allTenants ? 'TENANTATLAS_TENANT counts as --tenant' : '--tenant "<tenant>" or --all-tenants'
    throw new Failure('invalid_input', `${mistake}: ${how}.`)
  }
}
