/** The exact requests a plan will send for one policy, for people to read. Pure: execution builds the same bodies. */
import { toGraphAssignments } from '#domain/assignments/to-graph-assignments.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { applyStep, nextStep } from '#domain/restore/per-target.ts'
import type { WriteSides } from '#domain/restore/per-target.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

export interface PlannedRequest {
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly body: GraphObject | null
}

export function describeWrite(contract: PolicyContract, graphId: string, sides: WriteSides): PlannedRequest[] {
  const policy = `/${contract.apiVersion}${contract.collection}/${graphId}`
  switch (contract.assign.kind) {
    case 'action': {
      const body = { [contract.assign.bodyProperty]: toGraphAssignments(contract, sides.desired) }
      return [{ method: 'POST', path: `${policy}/assign`, body }]
    }
    case 'perTarget':
      return stepsOf(sides).map(({ kind, assignment }) =>
        kind === 'add'
          ? {
              method: 'POST',
              path: `${policy}/assignments`,
              body: toGraphAssignments(contract, [assignment])[0] ?? null,
            }
          : { method: 'DELETE', path: `${policy}/assignments/{id}`, body: null },
      )
    case 'unsupported':
      return []
  }
}

function stepsOf(sides: WriteSides) {
  const steps = []
  let live: readonly Assignment[] = sides.before
  for (let step = nextStep(sides, live); step !== null; step = nextStep(sides, live)) {
    steps.push(step)
    live = applyStep(live, step)
  }
  return steps
}
