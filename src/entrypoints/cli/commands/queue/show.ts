import type { LaneDocument, PausedTypeDocument } from '#contract/api/queue.ts'
import { clockTime } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const queueShow: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  const document = await api.queue.show(at)
  const { lanes, pausedTypes } = document
  const sum = (of: (lane: LaneDocument) => number) => count(lanes.reduce((all, lane) => all + of(lane), 0))
  await cli.printer.detail({
    document,
    facts: [
      ['Waiting', sum(({ waiting }) => waiting)],
      ['Later', sum(({ delayed }) => delayed)],
      ['Running', sum(({ running }) => running)],
    ],
    below: (printer) => {
      printer.section('Tenants', laneColumns, lanes)
      printer.section('Paused operations', typeColumns, pausedTypes)
    },
  })
}

const laneColumns: readonly Column<LaneDocument>[] = [
  { key: 'tenant', header: 'TENANT', cell: (lane) => lane.tenant?.name ?? '(workspace)' },
  { key: 'waiting', header: 'WAITING', align: 'right', keepsWidth: true, cell: (lane) => count(lane.waiting) },
  { key: 'delayed', header: 'LATER', align: 'right', isMinor: true, cell: (lane) => count(lane.delayed) },
  { key: 'running', header: 'RUNNING', align: 'right', keepsWidth: true, cell: (lane) => count(lane.running) },
  { key: 'limit', header: 'LIMIT', align: 'right', keepsWidth: true, cell: (lane) => count(lane.limit) },
  { key: 'oldest', header: 'OLDEST', isMinor: true, cell: (lane) => ago(lane.oldestWaitingAt, '–') },
  { key: 'state', header: 'HELD BACK', cell: heldWords },
]

function heldWords({ pause, throttledUntil }: LaneDocument): string {
  const words = [
    ...(pause === null ? [] : [`paused by ${pause.by} ${ago(pause.at)}: ${pause.reason}`]),
    ...(throttledUntil === null
      ? []
      : [`Microsoft Graph asked to wait until ${clockTime(new Date(throttledUntil), new Date())}`]),
  ]
  return words.join('; ')
}

const typeColumns: readonly Column<PausedTypeDocument>[] = [
  { key: 'type', header: 'OPERATION', cell: ({ type, label }) => `${label} (${type})` },
  { key: 'by', header: 'BY', cell: ({ by }) => by },
  { key: 'at', header: 'SINCE', cell: ({ at }) => ago(at) },
  { key: 'reason', header: 'REASON', cell: ({ reason }) => reason },
]
