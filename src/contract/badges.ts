/**
 * The one badge catalogue: what each state is called and how it is coloured, on the command line and in the browser.
 * Success is never shown as a warning, unknown never as success.
 */
export type Tone = 'neutral' | 'active' | 'success' | 'warning' | 'danger'

export interface Badge {
  readonly word: string
  readonly tone: Tone
}

const catalogue = {
  runStatus: {
    queued: { word: 'Queued', tone: 'neutral' },
    running: { word: 'Running', tone: 'active' },
    completed: { word: 'Completed', tone: 'neutral' },
  },
  runOutcome: {
    pending: { word: 'Pending', tone: 'neutral' },
    succeeded: { word: 'Succeeded', tone: 'success' },
    partially_succeeded: { word: 'Partially succeeded', tone: 'warning' },
    failed: { word: 'Failed', tone: 'danger' },
    blocked: { word: 'Blocked', tone: 'danger' },
    cancelled: { word: 'Cancelled', tone: 'neutral' },
  },
  /** Of a run that has not ended. */
  runFreshness: {
    fresh: { word: 'On time', tone: 'neutral' },
    late: { word: 'Late', tone: 'warning' },
    stuck: { word: 'Stuck', tone: 'danger' },
  },
  workerState: {
    working: { word: 'Working', tone: 'success' },
    draining: { word: 'Draining', tone: 'active' },
    drained: { word: 'Drained', tone: 'neutral' },
  },
  runItemOutcome: {
    planned: { word: 'Planned', tone: 'neutral' },
    succeeded: { word: 'Succeeded', tone: 'success' },
    failed: { word: 'Failed', tone: 'danger' },
    skipped: { word: 'Skipped', tone: 'neutral' },
  },
  /** Of a credential that ends soon or has ended. */
  credentialSeverity: {
    info: { word: 'Ends soon', tone: 'neutral' },
    warning: { word: 'Ends soon', tone: 'warning' },
    critical: { word: 'Act now', tone: 'danger' },
  },
  tenantHealth: {
    not_connected: { word: 'Not connected', tone: 'neutral' },
    unverified: { word: 'Not verified', tone: 'neutral' },
    healthy: { word: 'Healthy', tone: 'success' },
    limited: { word: 'Limited', tone: 'warning' },
    failing: { word: 'Failing', tone: 'danger' },
  },
  backupState: {
    capturing: { word: 'Capturing', tone: 'active' },
    complete: { word: 'Complete', tone: 'success' },
    partial: { word: 'Partial', tone: 'warning' },
    failed: { word: 'Failed', tone: 'danger' },
  },
  scheduleState: {
    active: { word: 'Active', tone: 'success' },
    paused: { word: 'Paused', tone: 'neutral' },
  },
  slotState: {
    started: { word: 'Started', tone: 'success' },
    missed: { word: 'Missed', tone: 'warning' },
    overlapped: { word: 'Overlapped', tone: 'warning' },
  },
  /** What becomes of a backup set. */
  pruning: {
    kept: { word: 'Kept', tone: 'neutral' },
    removed: { word: 'Removed', tone: 'danger' },
  },
  restoreState: {
    draft: { word: 'Draft', tone: 'neutral' },
    checked: { word: 'Checked', tone: 'neutral' },
    previewed: { word: 'Ready for review', tone: 'active' },
    queued: { word: 'Queued', tone: 'neutral' },
    running: { word: 'Running', tone: 'active' },
    completed: { word: 'Completed', tone: 'success' },
    partial: { word: 'Partial', tone: 'warning' },
    failed: { word: 'Failed', tone: 'danger' },
    cancelled: { word: 'Cancelled', tone: 'neutral' },
  },
  restoreItemState: {
    planned: { word: 'Planned', tone: 'neutral' },
    sending: { word: 'Sending', tone: 'active' },
    verified: { word: 'Verified', tone: 'success' },
    no_change: { word: 'No change', tone: 'neutral' },
    conflict: { word: 'Conflict', tone: 'danger' },
    failed: { word: 'Failed', tone: 'danger' },
    unknown: { word: 'Unknown', tone: 'warning' },
    awaiting_approval: { word: 'Awaiting approval', tone: 'warning' },
    skipped: { word: 'Skipped', tone: 'neutral' },
  },
  /** How well the assignments of a policy are known, or that the policy vanished. */
  policyState: {
    read: { word: 'Known', tone: 'success' },
    stale: { word: 'Stale', tone: 'warning' },
    unread: { word: 'Unread', tone: 'warning' },
    missing: { word: 'Missing', tone: 'danger' },
  },
  /** Of a policy against a backup; what could not be read is no difference. */
  differenceState: {
    changed: { word: 'Changed', tone: 'warning' },
    deleted: { word: 'Deleted', tone: 'danger' },
    new: { word: 'New', tone: 'active' },
    unknown: { word: 'Unknown', tone: 'warning' },
  },
  channelState: {
    active: { word: 'Active', tone: 'success' },
    paused: { word: 'Paused', tone: 'warning' },
  },
  deliveryState: {
    waiting: { word: 'Waiting', tone: 'neutral' },
    sending: { word: 'Sending', tone: 'active' },
    delivered: { word: 'Delivered', tone: 'success' },
    failed: { word: 'Tried again', tone: 'warning' },
    given_up: { word: 'Given up', tone: 'danger' },
  },
  keyState: {
    prepared: { word: 'Prepared', tone: 'neutral' },
    active: { word: 'Active', tone: 'success' },
    older: { word: 'Older', tone: 'neutral' },
    retired: { word: 'Retired', tone: 'neutral' },
  },
  severity: {
    ok: { word: 'OK', tone: 'success' },
    warning: { word: 'Warning', tone: 'warning' },
    blocking: { word: 'Blocking', tone: 'danger' },
  },
} as const satisfies Record<string, Record<string, Badge>>

export type BadgeKind = keyof typeof catalogue

/** Widened: values also come from rows that a newer version wrote. */
const badges: Readonly<Record<BadgeKind, Readonly<Record<string, Badge>>>> = catalogue

/** The badge of a value; one that this version does not know is shown as it is, without colour. */
export function badgeOf(kind: BadgeKind, value: string): Badge {
  const known = badges[kind]
  return (Object.hasOwn(known, value) ? known[value] : undefined) ?? { word: value, tone: 'neutral' }
}

/** A run has one badge: how it ended, or where it stands. */
export function runBadge(run: { readonly status: string; readonly outcome: string }): Badge {
  return run.status === 'completed' ? badgeOf('runOutcome', run.outcome) : badgeOf('runStatus', run.status)
}
