import { operationLabel } from '#domain/operations/catalog.ts'
import type { LaneView, QueueView } from '#domain/operations/show-queue.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** The queue as programs see it. */
export interface QueueDocument {
  /** Some worker process takes runs; while none does, all wait. */
  readonly hasWorkers: boolean
  readonly lanes: readonly LaneDocument[]
  readonly pausedTypes: readonly PausedTypeDocument[]
}

export interface LaneDocument {
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

export interface PausedTypeDocument extends PauseDocument {
  readonly type: string
  readonly label: string
}

export function queueDocument({ hasWorkers, lanes, pausedTypes }: QueueView): QueueDocument {
  return {
    hasWorkers,
    lanes: lanes.map(laneDocument),
    pausedTypes: pausedTypes.map((paused) => ({
      ...paused,
      label: operationLabel(paused.type),
      at: paused.at.toISOString(),
    })),
  }
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
