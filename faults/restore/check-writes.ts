/** I2, I3 and I8: what reached the tenant, by the simulator's journal, against the plan and the write ledger. */
import type { JournalEntry } from '../../simulator/control.ts'
import type { SimAssignment } from '../../simulator/world.ts'
import type { Evidence, SendRow, WitnessedPolicy } from './evidence.ts'
import { isEqual, rowKeys } from './row-keys.ts'
import { breaches } from '../violation.ts'
import type { Violation } from '../violation.ts'

/** A change that Graph made, with the plan's policy it was made to. */
interface Applied {
  readonly policy: WitnessedPolicy | undefined
  readonly requestId: string | undefined
  readonly clientRequestId: string | undefined
  readonly where: string
  readonly before: ReadonlySet<string>
  readonly after: ReadonlySet<string>
}

export function checkWrites(evidence: Evidence): Violation[] {
  const applied = appliedIn(evidence)
  const requests = evidence.journal.filter(isWrite)
  return [
    ...breaches('I2', [
      ...withoutIntent(evidence, requests),
      ...outsideThePlan(evidence, applied),
      ...inVain(requests, applied),
      ...underStaleFence(evidence, requests),
      ...evidence.policies.flatMap((policy) => changedTwice(policy, applied)),
    ]),
    ...breaches(
      'I3',
      evidence.policies.flatMap((policy) => neitherBeforeNorAfter(policy, applied)),
    ),
    ...breaches('I8', notAsSaid(evidence)),
  ]
}

const readsByPost = /\/(\$batch|directoryObjects\/getByIds)$/i

/** Whatever is no known read is taken for a write. */
function isWrite({ kind, method, path = '' }: JournalEntry): boolean {
  return kind === 'request' && method !== 'GET' && !readsByPost.test(path)
}

function appliedIn({ journal, policies }: Evidence): Applied[] {
  return journal.flatMap(({ change, requestId, clientRequestId }) => {
    if (change?.source !== 'graph') return []
    const { action, collection, id } = change
    const policy = policies.find((one) => action === 'setAssignments' && one.collection === collection && one.id === id)
    const [before, after] = [keysOf(change.before), keysOf(change.after)]
    return [{ policy, requestId, clientRequestId, where: `${collection}/${id}`, before, after }]
  })
}

/** The journal names any change so; only assignments are a list. */
function keysOf(side: unknown): ReadonlySet<string> {
  return Array.isArray(side) ? rowKeys(side as SimAssignment[]) : new Set()
}

function withoutIntent({ ledger, acknowledged }: Evidence, requests: readonly JournalEntry[]): string[] {
  const restore = acknowledged.find(({ act }) => act === 'restore')?.id
  return requests.flatMap((request) => {
    const what = `${request.method} ${request.path}`
    const send = sendOf(ledger.sends, request)
    if (send === undefined) return [`${what} without a committed intent`]
    if (send.run_id !== restore) return [`${what} for another run than the one that was confirmed`]
    return send.intent_at.getTime() > Date.parse(request.at) ? [`${what} arrived before its intent`] : []
  })
}

function sendOf(sends: readonly SendRow[], { clientRequestId }: JournalEntry): SendRow | undefined {
  return sends.find((send) => send.client_request_id === clientRequestId)
}

function outsideThePlan({ ledger }: Evidence, applied: readonly Applied[]): string[] {
  const known = new Set(ledger.sends.map((send) => send.client_request_id))
  return [
    ...applied.filter(({ policy }) => policy === undefined).map(({ where }) => `${where} changed, not in the plan`),
    ...applied
      .filter(({ clientRequestId = '' }) => !known.has(clientRequestId))
      .map(({ where }) => `${where} changed by a request without an intent`),
  ]
}

/** Whoever looked first would not have sent it: nothing in these cases refuses a write, and one fault drops one. */
function inVain(requests: readonly JournalEntry[], applied: readonly Applied[]): string[] {
  const effective = new Set(
    applied.filter(({ before, after }) => !isEqual(before, after)).map(({ requestId }) => requestId),
  )
  return requests
    .filter(({ requestId, fault }) => !effective.has(requestId) && fault !== 'write_ignored')
    .map(({ method, path }) => `${method} ${path} was sent although it was applied already`)
}

function underStaleFence({ ledger }: Evidence, requests: readonly JournalEntry[]): string[] {
  const inOrder = requests.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.seq - b.seq)
  let newest = 0
  return inOrder.flatMap((request) => {
    const fence = sendOf(ledger.sends, request)?.fence ?? newest
    const isStale = fence < newest
    newest = Math.max(newest, fence)
    return isStale ? [`${request.path} was sent under fence ${fence} after fence ${newest}`] : []
  })
}

/** A target of a policy that is written target by target, else the policy as a whole. */
function changedTwice(policy: WitnessedPolicy, applied: readonly Applied[]): string[] {
  const effective = applied.filter((one) => one.policy === policy && !isEqual(one.before, one.after))
  const targets = effective.flatMap(({ before, after }) =>
    policy.isPerTarget ? [...before.symmetricDifference(after)] : ['its assignments'],
  )
  const twice = new Set(targets.filter((target, index) => targets.indexOf(target) !== index))
  return [...twice].map((target) => `${nameOf(policy)}: ${target} changed more than once`)
}

function neitherBeforeNorAfter(policy: WitnessedPolicy, applied: readonly Applied[]): string[] {
  const [before, desired] = [rowKeys(policy.before), rowKeys(policy.desired)]
  const isAllowed = (live: ReadonlySet<string>) =>
    policy.isPerTarget
      ? before.intersection(desired).isSubsetOf(live) && live.isSubsetOf(before.union(desired))
      : isEqual(live, before) || isEqual(live, desired)
  const moments = applied.filter((one) => one.policy === policy).map(({ after }) => after)
  return [...moments, rowKeys(policy.live)]
    .filter((live) => !isAllowed(live))
    .map((live) => `${nameOf(policy)} held ${[...live].join(' ') || 'nothing'}, which is neither before nor after`)
}

/** I8: of the run, and of each policy of it. */
function notAsSaid({ policies, ledger, acknowledged }: Evidence): string[] {
  const restore = acknowledged.find(({ act }) => act === 'restore')?.id
  const hasSucceeded = ledger.runs.find(({ id }) => id === restore)?.outcome === 'succeeded'
  const different = policies.filter(({ live, desired }) => !isEqual(rowKeys(live), rowKeys(desired)))
  return different.flatMap((policy) => {
    const item = ledger.restoreItems.find(({ type, graph_id }) => type === policy.type && graph_id === policy.id)
    const isSaidDone = item?.state === 'verified' || item?.state === 'no_change'
    return [
      ...(hasSucceeded ? [`the restore succeeded, and ${nameOf(policy)} is not as wanted`] : []),
      ...(isSaidDone ? [`${nameOf(policy)} is ${item.state}, and not as wanted`] : []),
    ]
  })
}

function nameOf({ type, id }: WitnessedPolicy): string {
  return `${type} ${id}`
}
