/** What is live of the policies of one type, read in as few requests as there are: some by id, many with the list. */
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import type { Live } from '#domain/restore/plan-item.ts'
import { failureOf, stopsReading } from '#domain/restore/stopping-problems.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphObject, GraphProblem, GraphReader, PolicyRow, Read } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/** From here on one list of the whole type costs less than asking for each policy, 20 a request. */
const listFrom = 40

/**
 * What is live of these policies, by Graph id: one entry for each.
 * @throws Failure `throttled`, `dependency_unreachable`, `authentication_failed` when the tenant could not be read at all.
 */
export async function readLive(
  reader: GraphReader,
  contract: PolicyContract,
  which: { readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Live>> {
  const live = await (which.ids.length < listFrom
    ? readById(reader, contract, which)
    : readList(reader, contract, which))
  const problems = [...live.values()].flatMap((one) => (one.state === 'unread' ? [one.problem] : []))
  const [problem] = problems
  if (problem === undefined || problems.length < live.size) return live
  if (await stopsReading(reader, problem, which.signal)) throw failureOf(problem)
  return live
}

const options = (signal: AbortSignal) => ({ assignments: true, wholePayload: false, signal })

async function readById(
  reader: GraphReader,
  contract: PolicyContract,
  { ids, signal }: { readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Live>> {
  const rows = await reader.readPoliciesById(contract, ids, options(signal))
  return new Map(ids.map((id) => [id, liveOfRead(contract, rows.get(id))]))
}

function liveOfRead(contract: PolicyContract, row: Read<PolicyRow> | undefined): Live {
  if (row === undefined) return { state: 'unread', problem: noAnswer }
  return row.state === 'read' ? liveOf(contract, row.value) : liveOfProblem(row.problem)
}

const noAnswer = { reason: 'incomplete_read', message: 'Microsoft Graph left the policy out of its answer.' } as const

async function readList(
  reader: GraphReader,
  contract: PolicyContract,
  { ids, signal }: { readonly ids: readonly string[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Live>> {
  const wanted = new Set(ids)
  const found = new Map<string, Live>()
  const { completeness } = await reader.readPolicies(contract, options(signal), async (rows) => {
    for (const row of rows) if (wanted.has(row.id)) found.set(row.id, liveOf(contract, row))
  })
  const notListed = ids.filter((id) => !found.has(id))
  if (notListed.length === 0) return found
  // A list can lose a page without a word: only a look at the policy itself says that it is gone.
  if (completeness.state === 'complete')
    return new Map([...found, ...(await readById(reader, contract, { ids: notListed, signal }))])
  const problem = completeness.state === 'failed' ? completeness.problem : (completeness.problems[0] ?? noAnswer)
  return new Map([...found, ...notListed.map((id) => [id, liveOfProblem(problem)] as const)])
}

function liveOf(contract: PolicyContract, { row, assignments }: PolicyRow): Live {
  if (assignments.state === 'unread') return liveOfProblem(assignments.problem)
  return liveOfRaw(contract, row, assignments.value)
}

function liveOfRaw(contract: PolicyContract, row: GraphObject, raw: readonly GraphObject[]): Live {
  try {
    return { state: 'read', row, assignments: normalizeAssignments(contract, raw).set }
  } catch (error) {
    if (error instanceof Failure) return { state: 'unread', problem: error }
    throw error
  }
}

function liveOfProblem(problem: Pick<GraphProblem, 'reason' | 'message'> & Partial<Pick<GraphProblem, 'code'>>): Live {
  return problem.code === 'graph_not_found' ? { state: 'missing' } : { state: 'unread', problem }
}
