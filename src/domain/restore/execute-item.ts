/**
 * One policy of a confirmed plan: read live, compare with what was reviewed, write, read back, settle. An item that a
 * lost worker left half done is settled by what is live, once nothing of its request can arrive any more.
 */
import type { AssignmentSet } from '#domain/assignments/assignment.ts'
import { assignmentSet, hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { endItem, fenced, pass } from '#domain/restore/execution.ts'
import { failureOf, stopsReading, stopsTheRun } from '#domain/restore/stopping-problems.ts'
import type { Execution } from '#domain/restore/execution.ts'
import { applyStep, isOnTheWay, nextStep } from '#domain/restore/per-target.ts'
import type { TargetStep } from '#domain/restore/per-target.ts'
import { readBack, readNow } from '#domain/restore/read-back.ts'
import type { Seen } from '#domain/restore/read-back.ts'
import { settleDelayMs } from '#domain/restore/restore-timing.ts'
import { sendWrite } from '#domain/restore/send-write.ts'
import type { BegunItem, Sent } from '#domain/restore/send-write.ts'
import { settleItem } from '#domain/restore/settle-item.ts'
import type { LastAnswer, LiveIs, Sighting } from '#domain/restore/settle-item.ts'
import { sendsOf, unsend } from '#domain/restore/write-ledger.store.ts'
import type { ItemEnd, OpenItem, Send } from '#domain/restore/write-ledger.store.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { contractOf } from '#graph/contracts/registry.ts'

type SeenLive = Extract<Seen, { state: 'read' }>

/**
 * Brings one item to its end, or throws and leaves it to the next attempt.
 * @throws Failure `throttled`, `dependency_unreachable`, `authentication_failed`: the run waits or stops.
 */
export async function executeItem(execution: Execution, item: OpenItem): Promise<void> {
  pass('restore.item_begins')
  if (hashAssignments(item.desired.assignments) !== item.desired.hash) {
    return endItem(execution, item, {
      state: 'failed',
      written: item.before ? 'unknown' : 'no',
      reason: 'damaged',
      message: planIsDamaged,
    })
  }
  return isBegun(item) ? recover(execution, item) : begin(execution, item)
}

const planIsDamaged = 'The stored plan of this policy is not the one that was confirmed; nothing is written from it.'

function isBegun(item: OpenItem): item is BegunItem {
  return item.state === 'sending' && item.before !== null
}

/** A policy nothing was sent for: only what was reviewed is overwritten. */
async function begin(execution: Execution, item: OpenItem): Promise<void> {
  const seen = await readNow(execution, item)
  pass('restore.live_read')
  if (seen.state !== 'read') return endUnreadable(execution, item, seen)
  const { set } = seen
  if (set.hash === item.desired.hash) return endItem(execution, item, { state: 'no_change', written: 'no' })
  if (set.hash !== item.previewHash) {
    return endItem(execution, item, {
      state: 'conflict',
      written: 'no',
      foundHash: set.hash,
      reason: 'conflict',
      message: changedSince,
    })
  }
  return write(execution, { ...item, before: set }, seen)
}

const changedSince = 'It was changed after the preview; nothing was written. Make a new plan and review it.'

async function endUnreadable(
  execution: Execution,
  item: OpenItem,
  { problem }: Exclude<Seen, SeenLive>,
): Promise<void> {
  if (await stopsReading(execution.graph.reader, problem, execution.signal)) throw failureOf(problem)
  const { reason, message } = problem
  return endItem(execution, item, {
    state: 'failed',
    written: 'no',
    reason,
    message: `Nothing was written: ${message}`,
  })
}

async function write(execution: Execution, item: BegunItem, live: SeenLive): Promise<void> {
  return contractOf(item.type).assign.kind === 'perTarget'
    ? writeTargets(execution, item, live)
    : writeWhole(execution, item)
}

async function writeWhole(execution: Execution, item: BegunItem): Promise<void> {
  const sent = await sendWrite(execution, item, { kind: 'replace' })
  if (sent.answer === 'refused' || sent.answer === 'approval_required') return endRefused(execution, item, sent)
  const seen = await readBack(execution, item, { shows: ({ hash }) => hash === item.desired.hash, answer: sent.answer })
  return conclude(execution, item, { seen, answer: sent.answer })
}

/** Target by target, from whatever part of the way is live; each step must show before the next one is taken. */
async function writeTargets(execution: Execution, item: BegunItem, live: SeenLive): Promise<void> {
  const sides = { before: item.before.assignments, desired: item.desired.assignments }
  let seen = live
  for (let step = nextStep(sides, seen.set.assignments); step !== null; step = nextStep(sides, seen.set.assignments)) {
    const sent = await sendStep(execution, item, { step, seen })
    if (sent.answer === 'refused' || sent.answer === 'approval_required') return endRefused(execution, item, sent)
    pass(step.kind === 'add' ? 'restore.target_added' : 'restore.target_removed')
    const { hash } = assignmentSet(applyStep(seen.set.assignments, step))
    const next = await readBack(execution, item, { shows: (set) => set.hash === hash, answer: sent.answer })
    if (next.state !== 'read' || next.set.hash !== hash)
      return conclude(execution, item, { seen: next, answer: sent.answer })
    seen = next
  }
  return conclude(execution, item, { seen, answer: 'accepted' })
}

async function sendStep(
  execution: Execution,
  item: BegunItem,
  { step, seen }: { readonly step: TargetStep; readonly seen: SeenLive },
): Promise<Sent> {
  const { kind, assignment } = step
  if (kind === 'add') return sendWrite(execution, item, { kind, assignment })
  const rowId = seen.rowId(assignment)
  if (rowId === undefined) throw new TypeError('a live assignment without an id was to be removed')
  return sendWrite(execution, item, { kind, assignment, rowId })
}

/** Graph said no, so this request did nothing. */
async function endRefused(
  execution: Execution,
  item: BegunItem,
  sent: Extract<Sent, { answer: 'refused' | 'approval_required' }>,
): Promise<void> {
  const { problem } = sent
  if (sent.answer === 'refused' && stopsTheRun(problem)) {
    await fenced(execution, (tx) => unsend(tx, execution.ctx, item.id))
    throw failureOf(problem)
  }
  const written = (await sendsFor(execution, item)).some(({ answer }) => answer === 'accepted') ? 'yes' : 'no'
  const { reason, message } = problem
  if (sent.answer === 'refused') return endItem(execution, item, { state: 'failed', written, reason, message })
  const { approvalCode } = sent
  return endItem(execution, item, {
    state: 'awaiting_approval',
    written,
    reason: 'approval_required',
    message,
    ...(approvalCode === undefined ? {} : { approvalCode }),
  })
}

async function sendsFor({ db, ctx }: Execution, item: OpenItem): Promise<Send[]> {
  return inWorkspace(db, ctx, (tx) => sendsOf(tx, ctx, item.id))
}

/** The sender's own read-back decides. */
async function conclude(
  execution: Execution,
  item: BegunItem,
  { seen, answer }: { readonly seen: Seen; readonly answer: 'accepted' | 'unknown' },
): Promise<void> {
  return decide(execution, item, { seen, answer, by: 'sender', sends: 1 })
}

/** An item whose worker is gone: late arrival is ruled out first, then live decides. */
async function recover(execution: Execution, item: BegunItem): Promise<void> {
  const sends = await sendsFor(execution, item)
  const latest = sends.at(-1)
  const answer = answerOf(latest)
  if (answer === 'none' || answer === 'unknown') await waitUntilNothingArrives(execution, latest)
  const seen =
    answer === 'accepted'
      ? await readBack(execution, item, { shows: (set) => showsSend(item, set, latest), answer })
      : await readNow(execution, item)
  if (seen.state === 'unread' && (await stopsReading(execution.graph.reader, seen.problem, execution.signal))) {
    throw failureOf(seen.problem)
  }
  const same = sends.filter((send) => isSameRequest(send, latest) && send.answer !== 'refused')
  return decide(execution, item, { seen, answer, by: 'successor', sends: same.length })
}

/** Whether live is as one accepted request leaves it. */
function showsSend({ desired }: BegunItem, { assignments, hash }: AssignmentSet, send: Send | undefined): boolean {
  if (send === undefined || send.kind === 'replace') return hash === desired.hash
  const isThere = assignments.some((assignment) => hashAssignments([assignment]) === send.assignmentHash)
  return isThere === (send.kind === 'add')
}

function answerOf(send: Send | undefined): LastAnswer {
  if (send === undefined || send.answer === null) return 'none'
  return send.answer === 'approval_required' ? 'refused' : send.answer
}

function isSameRequest(send: Send, latest: Send | undefined): boolean {
  return send.kind === latest?.kind && send.assignmentHash === latest.assignmentHash
}

/** Counted on the database's clock, from the commit of the intent. */
async function waitUntilNothingArrives({ clock, signal, timing }: Execution, send: Send | undefined): Promise<void> {
  const leftMs = settleDelayMs(timing) - (send?.ageMs ?? 0)
  if (leftMs > 0) await clock.sleep(leftMs, signal)
}

async function decide(
  execution: Execution,
  item: BegunItem,
  { seen, ...sighting }: { readonly seen: Seen } & Omit<Sighting, 'live'>,
): Promise<void> {
  if (seen.state !== 'read') return endUnseen(execution, item, seen)
  const settlement = settleItem({ ...sighting, live: liveIs(item, seen) })
  const foundHash = seen.set.hash
  switch (settlement.is) {
    case 'verified':
      return endItem(execution, item, { state: 'verified', written: 'yes', recovered: settlement.recovered })
    case 'conflict':
      return endItem(execution, item, {
        state: 'conflict',
        written: 'unknown',
        foundHash,
        reason: 'conflict',
        message: changedMeanwhile,
      })
    case 'not_verified':
      return endItem(execution, item, {
        state: 'failed',
        written: 'unknown',
        foundHash,
        reason: 'not_verified',
        message: notShown,
      })
    case 'unknown':
      return endItem(execution, item, {
        state: 'unknown',
        written: 'unknown',
        foundHash,
        reason: 'write_unknown',
        message: notKnown,
      })
    case 'resend':
      return write(execution, item, seen)
  }
}

const changedMeanwhile = 'It was changed by somebody else while it was being written; what is live was left as it is.'
const notShown = 'Microsoft Graph accepted the write, and what is live does not show it.'
const notKnown = 'Microsoft Graph did not answer the write, and what is live does not show it; it was not sent again.'

/** Written, and what became of it cannot be read. */
function endUnseen(execution: Execution, item: BegunItem, { state, problem }: Exclude<Seen, SeenLive>): Promise<void> {
  const { reason, message } = problem
  if (state === 'missing') return endItem(execution, item, { state: 'failed', written: 'unknown', reason, message })
  const end: ItemEnd = {
    state: 'unknown',
    written: 'unknown',
    reason: 'write_unknown',
    message: `It could not be read back: ${message}`,
  }
  return endItem(execution, item, end)
}

function liveIs(item: BegunItem, { set }: SeenLive): LiveIs {
  if (set.hash === item.desired.hash) return 'desired'
  if (set.hash === item.before.hash) return 'before'
  const sides = { before: item.before.assignments, desired: item.desired.assignments }
  const isPartial = contractOf(item.type).assign.kind === 'perTarget' && isOnTheWay(sides, set.assignments)
  return isPartial ? 'between' : 'other'
}
