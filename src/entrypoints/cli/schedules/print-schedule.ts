import type { ScheduleDetailDocument } from '#contract/api/schedules.ts'
import { badgeOf } from '#contract/badges.ts'
import { relativeTime, timeInZone } from '#contract/moments.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { forWhom, slotColumns, stateOf } from '#entrypoints/cli/schedules/schedule-columns.ts'

/** Prints one schedule with its next times and what became of its latest slots. */
export async function printSchedule(cli: Cli, document: ScheduleDetailDocument): Promise<void> {
  await cli.printer.detail({
    document,
    facts: [
      ['Schedule', document.name],
      ['Id', document.id],
      ['Operation', document.label],
      ['Tenant', forWhom(document)],
      ['State', badgeOf('scheduleState', stateOf(document))],
      ['Times', `${document.cron} in ${document.timeZone}`],
      ['Spread', spreadWords(document)],
      ['When missed', document.catchUp === 'once' ? 'run once, while younger than its interval' : 'not run'],
      ['Made', `${ago(document.createdAt)} by ${document.createdBy}`],
    ],
    below: (printer) => {
      printer.section('Next', nextColumns(document.timeZone), document.nextSlots)
      printer.section('Latest', slotColumns(document.timeZone), document.latestSlots)
    },
  })
}

function nextColumns(timeZone: string) {
  const now = new Date()
  return [
    { key: 'at', header: 'SLOT', cell: (slot: string) => timeInZone(new Date(slot), timeZone) },
    { key: 'in', header: '', cell: (slot: string) => relativeTime(new Date(slot), now) },
  ]
}

function spreadWords({ jitterSeconds, tenant, nextSlotAt, nextDueAt }: ScheduleDetailDocument): string {
  const window = jitterSeconds === null ? 'a tenth of the interval, at most 15 minutes' : `${jitterSeconds} s`
  if (tenant === null || nextSlotAt === null || nextDueAt === null) return window
  const seconds = Math.round((Date.parse(nextDueAt) - Date.parse(nextSlotAt)) / 1_000)
  return `${window}; this one starts ${seconds} s after its time`
}
