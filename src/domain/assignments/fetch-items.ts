/** The items of a fetch: one per policy, and one per type that says whether its list was read. */
import { listProblem, notApplicableItem } from '#domain/inventory/type-problems.ts'
import type { Observation, TypeObservation } from '#domain/inventory/observe-type.ts'
import { noCounts } from '#domain/inventory/observe-foundations.ts'
import type { ObservedPolicy, Problem } from '#domain/inventory/observed-policy.ts'
import type { RunItem } from '#domain/operations/operation.ts'
import type { PolicyContract, PolicyType } from '#graph/contracts/contract.ts'

/** What became of one policy of a fetch; a policy that is new counts as changed. */
export function policyItem(type: PolicyType, policy: ObservedPolicy, { created, changed }: Observation): RunItem {
  const { assignments, graphId } = policy
  const isChanged = created.has(graphId) || changed.has(graphId)
  switch (assignments.state) {
    case 'read':
      return {
        ...itemOf(type, policy),
        outcome: 'succeeded',
        counts: { succeeded: 1, [isChanged ? 'changed' : 'unchanged']: 1 },
      }
    case 'unread':
      return unreadItem(type, policy, assignments.problem)
    case 'none':
      return { ...itemOf(type, policy), outcome: 'skipped' }
  }
}

/** A policy whose assignments are not known as they are now. */
export function unreadItem(
  type: PolicyType,
  policy: Pick<ObservedPolicy, 'graphId' | 'name'>,
  { reason, message }: Problem,
): RunItem {
  return {
    ...itemOf(type, policy),
    outcome: 'failed',
    counts: { failed: 1, unread: 1 },
    failure: { code: 'assignments.fetch_failed', reason, message },
  }
}

/** The list of a type; `failed` when part of it was not read. */
export function typeItem(contract: PolicyContract, { completeness }: TypeObservation): RunItem {
  const problem = listProblem(completeness)
  const named = { key: contract.key, label: contract.labelPlural }
  if (problem === null) return { ...named, outcome: 'succeeded', counts: noCounts }
  const { reason, message } = problem
  return (
    notApplicableItem(contract, completeness) ?? {
      ...named,
      outcome: 'failed',
      failure: { code: 'assignments.fetch_failed', reason, message },
    }
  )
}

function itemOf(
  type: PolicyType,
  { graphId, name }: Pick<ObservedPolicy, 'graphId' | 'name'>,
): { key: string; label: string } {
  return { key: `${type}/${graphId}`, label: name }
}
