import type { FoundationContract } from '#graph/contracts/foundations.ts'
import { assignmentFilters, notificationMessageTemplates, scopeTags } from '#graph/contracts/foundations.ts'
import type {
  FilterRow,
  GraphProblem,
  Listing,
  NotificationTemplateRow,
  Read,
  ScopeTagRow,
} from '#graph/client/graph-client.ts'
import type { IdentifiedRow } from '#graph/client/complete-rows.ts'
import { contentOf } from '#graph/client/complete-rows.ts'
import { badResponse, read, unread } from '#graph/client/problems.ts'
import { pagesOf } from '#graph/client/read-pages.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import { parseIdentified, parsePage } from '#graph/client/responses.ts'

export function readFilters(sender: ReadSender, signal: AbortSignal): Promise<Listing<FilterRow>> {
  return readFoundation(sender, assignmentFilters, signal, (row) => ({
    id: row.id,
    name: textOf(row, 'displayName') ?? row.id,
    platform: textOf(row, 'platform'),
    rule: textOf(row, 'rule'),
    managementType: textOf(row, 'assignmentFilterManagementType'),
    row: contentOf(row),
  }))
}

export function readScopeTags(sender: ReadSender, signal: AbortSignal): Promise<Listing<ScopeTagRow>> {
  return readFoundation(sender, scopeTags, signal, (row) => ({
    id: row.id,
    name: textOf(row, 'displayName') ?? row.id,
    description: textOf(row, 'description'),
    row: contentOf(row),
  }))
}

export function readNotificationTemplates(
  sender: ReadSender,
  signal: AbortSignal,
): Promise<Listing<NotificationTemplateRow>> {
  return readFoundation(sender, notificationMessageTemplates, signal, (row) => ({
    id: row.id,
    name: textOf(row, 'displayName') ?? row.id,
    row: contentOf(row),
  }))
}

export async function readOrganization(
  sender: ReadSender,
  signal: AbortSignal,
): Promise<Read<{ readonly id: string; readonly name: string }>> {
  const operation = { kind: 'readOrganization' } as const
  const answer = await sender.send(operation, signal)
  if (answer.state === 'unread') return answer
  const row = parseIdentified(parsePage(answer.value)?.value[0])
  if (row === undefined) return unread(badResponse(operation, 'no organization'))
  return read({ id: row.id, name: textOf(row, 'displayName') ?? row.id })
}

async function readFoundation<T>(
  sender: ReadSender,
  foundation: FoundationContract,
  signal: AbortSignal,
  toItem: (row: IdentifiedRow) => T,
): Promise<Listing<T>> {
  const operation = { kind: 'listFoundation', foundation } as const
  const items: T[] = []
  let pages = 0
  for await (const page of pagesOf(sender, operation, signal)) {
    if (page.state === 'unread') return incomplete(pages, items, page.problem)
    const rows = page.value.map(parseIdentified)
    if (!rows.every((row) => row !== undefined && hasWholeExpansions(foundation, row))) {
      return incomplete(pages, items, badResponse(operation, 'a row that is not whole'))
    }
    items.push(...rows.filter((row) => row !== undefined).map(toItem))
    pages += 1
  }
  return { state: 'complete', items }
}

function incomplete<T>(pages: number, items: readonly T[], problem: GraphProblem): Listing<T> {
  return pages === 0 ? { state: 'failed', problem } : { state: 'partial', items, problems: [problem] }
}

/** These lists are short: an expansion that Graph cut short is reported, not followed. */
function hasWholeExpansions({ expand }: FoundationContract, row: IdentifiedRow): boolean {
  return expand.every((name) => Array.isArray(row[name]) && row[`${name}@odata.nextLink`] === undefined)
}

function textOf(row: IdentifiedRow, property: string): string | null {
  const value = row[property]
  return typeof value === 'string' ? value : null
}
