import { createSchedule } from '#domain/schedules/create-schedule.ts'
import { inputWithNote } from '#domain/schedules/schedule-input.ts'
import type { CatchUp } from '#domain/schedules/schedule.ts'
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
  catchUp?: CatchUp
  jitter?: string
}

export const scheduleCreate: Command<Options> = async (cli, [name = ''], options) => {
  const { cron, type = 'backup.capture', catchUp } = options
  if (cron === undefined) throw new Failure('invalid_input', 'Say when with --cron, such as --cron "0 2 * * *".')
  requireOneScope(cli, options)
  const jitterSeconds = jitterOption(options.jitter)
  await using session = await openSession(cli)
  const tenant = options.allTenants ? undefined : await session.tenant()
  const schedule = await createSchedule(session.product.db, session.ctx, {
    name,
    cron,
    timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    type,
    input: inputWithNote(type, options.note),
    ...(tenant && { tenant }),
    ...(catchUp && { catchUp }),
    ...(jitterSeconds !== undefined && { jitterSeconds }),
  })
  await printSchedule(cli, session, schedule)
}

function requireOneScope({ options: { tenant } }: Cli, options: Options): void {
  const allTenants = options.allTenants === true
  if (allTenants !== (tenant === undefined)) {
    const mistake = allTenants ? 'Give --tenant or --all-tenants, not both' : 'Say for whom'
    const how = allTenants ? 'TENANTATLAS_TENANT counts as --tenant' : '--tenant "<tenant>" or --all-tenants'
    throw new Failure('invalid_input', `${mistake}: ${how}.`)
  }
}
