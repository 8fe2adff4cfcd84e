/**
 * Every metric of the product by name: an interface, because dashboards and alert rules use it. What is in
 * `docs/monitoring/` is held to this table by a test.
 */

interface MetricEntry {
  readonly name: `tenantatlas_${string}`
  readonly help: string
  readonly labels: readonly string[]
}

/** Counted by this process since it started. */
export const counterTable = {
  starts: {
    name: 'tenantatlas_run_starts_total',
    help: 'Answers to a start, by disposition: created, active (it runs already), cooldown (it ran just now).',
    labels: ['type', 'disposition'],
  },
  slots: {
    name: 'tenantatlas_schedule_slots_total',
    help: 'Scheduled times that were decided: started, caught_up (started late), missed (those in a row count once), overlapped.',
    labels: ['type', 'end'],
  },
  ended: {
    name: 'tenantatlas_runs_ended_total',
    help: 'Runs that a worker ended, by outcome.',
    labels: ['type', 'outcome'],
  },
  putBack: {
    name: 'tenantatlas_run_attempts_put_back_total',
    help: 'Attempts that ended without ending their run: retry, throttled, hand_back.',
    labels: ['type', 'kind'],
  },
  resultsDropped: {
    name: 'tenantatlas_results_dropped_total',
    help: 'Attempts whose claim did not hold any more at their end: nothing of them was stored.',
    labels: ['type'],
  },
  redeliveriesDropped: {
    name: 'tenantatlas_redeliveries_dropped_total',
    help: 'Runs that had ended, were delivered once more and left alone.',
    labels: [],
  },
  recovered: {
    name: 'tenantatlas_runs_recovered_total',
    help: 'Runs of workers that are gone, by what became of them: released (queued again), ended.',
    labels: ['type', 'end'],
  },
  leaseLosses: {
    name: 'tenantatlas_lease_losses_total',
    help: 'How often this process could not rely on its lease any longer and stopped its runs.',
    labels: [],
  },
  claimedRuns: { name: 'tenantatlas_claimed_runs_total', help: 'Runs this process claimed.', labels: [] },
  graphRequests: {
    name: 'tenantatlas_graph_requests_total',
    help: 'Requests to Microsoft Graph, by kind (read, write) and HTTP status; none: no whole answer.',
    labels: ['kind', 'status'],
  },
  graphThrottled: {
    name: 'tenantatlas_graph_throttled_total',
    help: 'How often Microsoft Graph asked to slow down, also inside batches.',
    labels: [],
  },
  graphWaits: {
    name: 'tenantatlas_graph_wait_seconds_total',
    help: 'Seconds requests waited for their turn: throttled (Graph asked for a pause), paced (budget of the tenant).',
    labels: ['why'],
  },
  conflicts: {
    name: 'tenantatlas_write_conflicts_total',
    help: 'Policies a restore did not write because somebody had changed them since the preview.',
    labels: [],
  },
  deliveries: {
    name: 'tenantatlas_delivery_attempts_total',
    help: 'Attempts to tell a receiver outside something, by result: delivered, failed.',
    labels: ['result'],
  },
} as const satisfies Record<string, MetricEntry>

export const histogramTable = {
  duration: {
    name: 'tenantatlas_run_duration_seconds',
    help: 'How long the attempt that ended a run took.',
    labels: ['type'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 15, 30, 60, 300, 900, 3_600, 14_400],
  },
  claims: {
    name: 'tenantatlas_claim_seconds',
    help: 'How long one question for runs to work on took.',
    labels: [],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
  },
} as const satisfies Record<string, MetricEntry & { readonly buckets: readonly number[] }>

/** Read from the database when somebody asks. Every process shows the same, so dashboards take `max`, not `sum`. */
export const gaugeTable = {
  databaseUp: {
    name: 'tenantatlas_database_up',
    help: '1 when the database answered this endpoint in time, else 0.',
    labels: [],
  },
  queueRuns: {
    name: 'tenantatlas_queue_runs',
    help: 'Runs that have not ended: waiting (may start now), delayed (not before a time), held (paused, throttled), running.',
    labels: ['priority', 'state'],
  },
  oldestWaiting: {
    name: 'tenantatlas_queue_oldest_waiting_seconds',
    help: 'How long the oldest run that may start now has been waiting.',
    labels: ['priority'],
  },
  longestLane: {
    name: 'tenantatlas_queue_longest_lane_runs',
    help: 'Waiting runs of the lane that has most of them.',
    labels: [],
  },
  lanes: {
    name: 'tenantatlas_lanes',
    help: 'Lanes by state: waiting (has runs that may start now), paused, throttled.',
    labels: ['state'],
  },
  schedules: {
    name: 'tenantatlas_schedules',
    help: 'Schedules that people made, by state: enabled, paused.',
    labels: ['state'],
  },
  scheduleLag: {
    name: 'tenantatlas_schedule_lag_seconds',
    help: 'How long the longest overdue schedule has been due without a decision; 0: none is due.',
    labels: [],
  },
  outboxEvents: {
    name: 'tenantatlas_outbox_events',
    help: 'Ends of runs that nobody was told of yet.',
    labels: [],
  },
  outboxOldest: {
    name: 'tenantatlas_outbox_oldest_seconds',
    help: 'How long the oldest of them has been waiting.',
    labels: [],
  },
  credentialsEnding: {
    name: 'tenantatlas_credentials_ending',
    help: 'Credentials of tenants that end within so many days, each counted at the nearest of 30, 14, 7 and 1; 0: ended.',
    labels: ['within_days'],
  },
  openDeliveries: {
    name: 'tenantatlas_deliveries_open',
    help: 'Deliveries to receivers outside that have not ended: waiting, sending, failed (tried again later).',
    labels: ['state'],
  },
  workers: {
    name: 'tenantatlas_workers',
    help: 'Worker processes whose lease is good, by state: working, draining.',
    labels: ['state'],
  },
} as const satisfies Record<string, MetricEntry>

export type CounterKey = keyof typeof counterTable
export type GaugeKey = keyof typeof gaugeTable
