/** The metrics of this process as Prometheus reads them, in a registry of their own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import {
  type CounterKey,
  counterTable,
  type GaugeKey,
  gaugeTable,
  histogramTable,
} from '#foundation/observability/metric-table.ts'
import type { Metrics } from '#foundation/observability/metrics.ts'

/** One value of a gauge; a gauge that has none is left out, never shown as 0. */
export interface Figure {
  readonly gauge: Exclude<GaugeKey, 'databaseUp'>
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface PromMetrics extends Metrics {
  readonly contentType: string
  /** All metrics as text, with the figures as they were just read; undefined when they could not be. */
  exposition(figures: readonly Figure[] | undefined): Promise<string>
}

export function createPromMetrics(): PromMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const starts = createTally()
  const count = createCounters(registry)
  const { duration, claims } = createHistograms(registry)
  const gauges = createGauges(registry)
  return {
    // The hot path: a plain map is counted into, and read when somebody asks.
    runStarted: (type, disposition) => starts.add(type, disposition),
    slotDecided: (type, end) => count.slots.inc({ type, end }),
    runEnded(type, { outcome, tookMs }) {
      count.ended.inc({ type, outcome })
      if (tookMs !== undefined) duration.observe({ type }, tookMs / 1000)
    },
    runPutBack: (type, kind) => count.putBack.inc({ type, kind }),
    resultDropped: (type) => count.resultsDropped.inc({ type }),
    redeliveryDropped: () => count.redeliveriesDropped.inc(),
    runRecovered: (type, end) => count.recovered.inc({ type, end }),
    leaseLost: () => count.leaseLosses.inc(),
    claimed(runs, tookMs) {
      claims.observe(tookMs / 1000)
      count.claimedRuns.inc(runs)
    },
    graphAnswered: (kind, status) => count.graphRequests.inc({ kind, status: String(status) }),
    graphThrottled: () => count.graphThrottled.inc(),
    graphWaited({ pacedMs, blockedMs }) {
      count.graphWaits.inc({ why: 'paced' }, pacedMs / 1000)
      count.graphWaits.inc({ why: 'throttled' }, blockedMs / 1000)
    },
    writeConflict: () => count.conflicts.inc(),
    deliveryTried: (result) => count.deliveries.inc({ result }),
    contentType: registry.contentType,
    async exposition(figures) {
      starts.flush((type, disposition, n) => count.starts.inc({ type, disposition }, n))
      showFigures(gauges, figures)
      return registry.metrics()
    },
  }
}

/** Every series name there is, those of Node and of histograms included: what a query may name. */
export async function metricNames(): Promise<ReadonlySet<string>> {
  const text = await createPromMetrics().exposition([])
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

/** Counts by two labels without the cost of a label set at each call. */
function createTally() {
  const counts = new Map<string, Map<string, number>>()
  return {
    add(first: string, second: string): void {
      const inner = counts.get(first) ?? new Map<string, number>()
      counts.set(first, inner.set(second, (inner.get(second) ?? 0) + 1))
    },
    flush(each: (first: string, second: string, count: number) => void): void {
      for (const [first, inner] of counts) inner.forEach((count, second) => each(first, second, count))
      counts.clear()
    },
  }
}

type LabelOf<Entry extends { readonly labels: readonly string[] }> = Entry['labels'][number]
type Counters = { readonly [Key in CounterKey]: Counter<LabelOf<(typeof counterTable)[Key]>> }

function createCounters(registry: Registry): Counters {
  const counters = Object.entries(counterTable).map(([key, { name, help, labels }]) => {
    const counter = new Counter<string>({ name, help, labelNames: labels, registers: [registry] })
    return [key, counter] as const
  })
  // One counter for each key of the table, with the labels the table gives it.
  return Object.fromEntries(counters) as unknown as Counters
}

function createHistograms(registry: Registry) {
  const make = <Label extends string>(entry: {
    name: string
    help: string
    labels: readonly Label[]
    buckets: readonly number[]
  }) => {
    const { name, help, labels, buckets } = entry
    return new Histogram<Label>({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] })
  }
  return { duration: make(histogramTable.duration), claims: make(histogramTable.claims) }
}

type Gauges = ReadonlyMap<GaugeKey, Gauge>

function createGauges(registry: Registry): Gauges {
  return new Map(
    Object.entries(gaugeTable).map(([key, { name, help, labels }]) => [
      // Safe: the keys of the table, which Object.entries widens.
      key as GaugeKey,
      new Gauge<string>({ name, help, labelNames: labels, registers: [registry] }),
    ]),
  )
}

function showFigures(gauges: Gauges, figures: readonly Figure[] | undefined): void {
  for (const gauge of gauges.values()) {
    gauge.reset()
    // A gauge without labels would show 0 after a reset.
    gauge.remove({})
  }
  gauges.get('databaseUp')?.set(figures === undefined ? 0 : 1)
  for (const { gauge, labels = {}, value } of figures ?? []) gauges.get(gauge)?.set({ ...labels }, value)
}
