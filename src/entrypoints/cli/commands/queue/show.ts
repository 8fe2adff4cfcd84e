import { clockTime } from '#contract/moments.ts'
import { showQueue } from '#domain/operations/show-queue.ts'
import type { LaneView } from '#domain/operations/show-queue.ts'
import { operationLabel } from '#domain/operations/catalog.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface LaneDocument {
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly waiting: number
  readonly delayed: number
  readonly running: number
  readonly limit: number
  readonly pause: PauseDocument | null
  readonly throttledUntil: string | null
  readonly oldestWaitingAt: string | null
}

interface PauseDocument {
  readonly by: string
  readonly at: string
  readonly reason: string
}

export const queueShow: Command = async (cli) => {
  await using session = await openSession(cli)
  const queue = await showQueue(session.product.db, session.ctx)
  const lanes = queue.lanes.map(laneDocument)
  const pausedTypes = queue.pausedTypes.map((paused) => ({ ...paused, at: paused.at.toISOString() }))
  const sum = (of: (lane: LaneDocument) => number) => count(lanes.reduce((all, lane) => all + of(lane), 0))
  await cli.printer.detail({
    document: { lanes, pausedTypes },
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

function laneDocument({ tenant, pause, throttledUntil, oldestWaitingAt, ...lane }: LaneView): LaneDocument {
  return {
    tenant: tenant && { id: tenant.ref, name: tenant.name },
    ...lane,
    pause: pause && { by: pause.by, at: pause.at.toISOString(), reason: pause.reason },
    throttledUntil: iso(throttledUntil),
    oldestWaitingAt: iso(oldestWaitingAt),
  }
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

const typeColumns: readonly Column<PauseDocument & { readonly type: string }>[] = [
  { key: 'type', header: 'OPERATION', cell: ({ type }) => `${operationLabel(type)} (${type})` },
  { key: 'by', header: 'BY', cell: ({ by }) => by },
  { key: 'at', header: 'SINCE', cell: ({ at }) => ago(at) },
  { key: 'reason', header: 'REASON', cell: ({ reason }) => reason },
]
