import { isUuid } from '#foundation/kernel/ids.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'
import { directory } from '#graph/contracts/foundations.ts'
import type { GroupRead, Read } from '#graph/client/graph-client.ts'
import { chunksOf } from '#graph/client/in-parallel.ts'
import { badResponse, requestRefused } from '#graph/client/problems.ts'
import { readMany } from '#graph/client/read-batch.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import type { DirectoryGroup } from '#graph/client/responses.ts'
import { parseGroup, parsePage } from '#graph/client/responses.ts'

/** Resolves group ids. Remembers for its client that the app may not ask for many at once. */
export interface GroupReader {
  readGroups(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, GroupRead>>
}

export function createGroupReader(sender: ReadSender): GroupReader {
  let mayAskForMany = true

  const askForMany = async (ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, GroupRead>> => {
    const operation = { kind: 'getGroups', ids } as const
    const answer = mayAskForMany ? await sender.send(operation, signal) : undefined
    if (answer?.state === 'unread' && answer.problem.code !== 'graph_forbidden') {
      return new Map(ids.map((id) => [id, { state: 'unread', id, problem: answer.problem }]))
    }
    // Without Directory.Read.All the answer is a 403; with less than it needs, objects without their properties.
    mayAskForMany &&= answer?.state !== 'unread'
    return answer?.state === 'read' ? matchGroups(ids, answer) : new Map()
  }

  return {
    async readGroups(ids, signal) {
      const asked = new Map(ids.map((id) => [id.toLowerCase(), id]))
      const results = new Map<string, GroupRead>()
      for (const id of [...asked.keys()].filter((key) => !isDirectoryId(key))) {
        const problem = requestRefused({ kind: 'readGroup', id }, 'the id is not the id of a group')
        results.set(id, { state: 'unread', id, problem })
      }
      for (const chunk of chunksOf([...asked.keys()].filter(isDirectoryId), directory.maxIdsPerCall)) {
        for (const [id, group] of await askForMany(chunk, signal)) results.set(id, group)
      }
      const left = [...asked.keys()].filter((id) => !results.has(id))
      for (const group of await askOneByOne(sender, left, signal)) results.set(group.id, group)
      return new Map([...asked].map(([key, id]) => [id, withId(results.get(key), id)]))
    },
  }
}

/** Absent from the answer: the directory does not have it. Present without a name: we may not see it, so it is left open. */
function matchGroups(
  ids: readonly string[],
  answer: Extract<Read<unknown>, { state: 'read' }>,
): ReadonlyMap<string, GroupRead> {
  const operation = { kind: 'getGroups', ids } as const
  const page = parsePage(answer.value)
  const rows = page?.value.map(parseGroup)
  if (page === undefined || page.nextLink !== undefined || rows === undefined || rows.includes(undefined)) {
    const problem = badResponse(operation, 'something that is not the list of these groups')
    return new Map(ids.map((id) => [id, { state: 'unread', id, problem }]))
  }
  const byId = new Map(rows.filter((row) => row !== undefined).map((row) => [row.id.toLowerCase(), row]))
  const results = new Map<string, GroupRead>()
  for (const id of ids) {
    const row = byId.get(id)
    if (row === undefined) results.set(id, { state: 'missing', id })
    else if (typeof row.displayName === 'string') results.set(id, found(id, row, row.displayName))
  }
  return results
}

async function askOneByOne(
  sender: ReadSender,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly GroupRead[]> {
  const operations = ids.map((id) => ({ kind: 'readGroup', id }) as const)
  const answers = await readMany(sender, operations, signal)
  return operations.map((operation, index): GroupRead => {
    const { id } = operation
    const answer = answers[index]
    if (answer?.state === 'unread') {
      const { problem } = answer
      return problem.code === 'graph_not_found' ? { state: 'missing', id } : { state: 'unread', id, problem }
    }
    const row = parseGroup(answer?.value)
    if (row?.id.toLowerCase() !== id || typeof row.displayName !== 'string') {
      return { state: 'unread', id, problem: badResponse(operation, 'a group without its name') }
    }
    return found(id, row, row.displayName)
  })
}

function found(id: string, row: DirectoryGroup, name: string): GroupRead {
  const isDynamic = row.groupTypes?.includes('DynamicMembership') === true
  return {
    state: 'found',
    id,
    name,
    kind: isDynamic ? 'dynamic' : 'assigned',
    membershipRule: row.membershipRule ?? null,
  }
}

function withId(group: GroupRead | undefined, id: string): GroupRead {
  if (group !== undefined) return { ...group, id }
  return { state: 'unread', id, problem: badResponse({ kind: 'readGroup', id }, 'nothing') }
}

/** "All users" and "all devices" are ids the directory does not have: asking would make them look deleted. */
function isDirectoryId(id: string): boolean {
  return isUuid(id) && !Object.values<string>(virtualGroups).includes(id)
}
