import { describe, expect, test } from 'vitest'
import { reportLeaseLost, reportRunEnded, reportRunPutBack } from '#foundation/observability/events.ts'
import { createLog } from '#foundation/observability/log.ts'
import { counterTable, gaugeTable, histogramTable } from '#foundation/observability/metric-table.ts'
import { collectInto, metrics } from '#foundation/observability/metrics.ts'
import { createPromMetrics } from '#foundation/observability/prom-metrics.ts'

const log = createLog({ level: 'silent', pretty: false })

describe('createPromMetrics()', () => {
  test('shows what was counted, and starts once each', async () => {
    const kept = createPromMetrics()
    using _collecting = collectInto(kept)
    metrics().runStarted('inventory.sync', 'created')
    metrics().runStarted('inventory.sync', 'active')
    metrics().runStarted('inventory.sync', 'active')
    reportRunEnded(log, { type: 'inventory.sync', outcome: 'failed', tookMs: 1_500 })
    reportRunPutBack(log, { type: 'inventory.sync', kind: 'throttled' })
    reportLeaseLost(log, new Error('no renewal'))
    metrics().graphAnswered('read', 429)
    metrics().graphAnswered('read', 'none')
    metrics().graphWaited({ pacedMs: 500, blockedMs: 30_000 })
    await kept.exposition([])
    const text = await kept.exposition([])
    expect(text).toContain('tenantatlas_run_starts_total{type="inventory.sync",disposition="active"} 2')
    expect(text).toContain('tenantatlas_runs_ended_total{type="inventory.sync",outcome="failed"} 1')
    expect(text).toContain('tenantatlas_run_duration_seconds_bucket{le="2.5",type="inventory.sync"} 1')
    expect(text).toContain('tenantatlas_run_attempts_put_back_total{type="inventory.sync",kind="throttled"} 1')
    expect(text).toContain('tenantatlas_lease_losses_total 1')
    expect(text).toContain('tenantatlas_graph_requests_total{kind="read",status="none"} 1')
    expect(text).toContain('tenantatlas_graph_wait_seconds_total{why="throttled"} 30')
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
  })

  test('shows figures as they were read last, and none that are not known', async () => {
    const kept = createPromMetrics()
    const first = await kept.exposition([
      { gauge: 'queueRuns', labels: { priority: 'interactive', state: 'waiting' }, value: 7 },
      { gauge: 'longestLane', value: 5 },
    ])
    expect(first).toContain('tenantatlas_queue_runs{priority="interactive",state="waiting"} 7')
    expect(first).toContain('tenantatlas_queue_longest_lane_runs 5')
    expect(first).toContain('tenantatlas_database_up 1')
    const blind = await kept.exposition(undefined)
    expect(blind).toContain('tenantatlas_database_up 0')
    expect(blind).not.toMatch(/^tenantatlas_(queue|lanes|workers)/m)
  })

  test('says what every metric means and never names the same twice', async () => {
    const all = [counterTable, histogramTable, gaugeTable].flatMap((table) => Object.values(table))
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    const text = await createPromMetrics().exposition(undefined)
    for (const { name, help } of all) expect(text).toContain(`# HELP ${name} ${help}`)
  })

  test('is left alone by what runs outside of it: nothing is counted before somebody collects, and none is shared', async () => {
    const [one, other] = [createPromMetrics(), createPromMetrics()]
    metrics().leaseLost()
    {
      using _collecting = collectInto(one)
      metrics().leaseLost()
    }
    metrics().leaseLost()
    expect(await one.exposition([])).toContain('tenantatlas_lease_losses_total 1')
    expect(await other.exposition([])).toContain('tenantatlas_lease_losses_total 0')
  })
})
