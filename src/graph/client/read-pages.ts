import type { GraphObject, GraphProblem, Read } from '#graph/client/graph-client.ts'
import type { ReadOperation } from '#graph/client/operations.ts'
import { badResponse, read, unread } from '#graph/client/problems.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import type { Page } from '#graph/client/responses.ts'
import { parsePage } from '#graph/client/responses.ts'

// Far beyond any real list; a service that answers with ever new links is cut off here.
const maxPages = 1_000

/**
 * The pages of a collection, one at a time. A page that cannot be read is the last one and says why; a link that comes
 * a second time or does not end is such a page. An empty page with a link is followed.
 */
export async function* pagesOf(
  sender: ReadSender,
  operation: ReadOperation,
  signal: AbortSignal,
): AsyncGenerator<Read<readonly GraphObject[]>, void, void> {
  yield* pagesFrom(await sender.send(operation, signal), sender, operation, signal)
}

/** The same from a first answer that is there already, such as a part of a batch. */
export async function* pagesFrom(
  first: Read<unknown>,
  sender: ReadSender,
  operation: ReadOperation,
  signal: AbortSignal,
): AsyncGenerator<Read<readonly GraphObject[]>, void, void> {
  const followed = new Set<string>()
  let answer = first
  for (let pages = 1; ; pages += 1) {
    const page = asPage(answer, operation)
    if (page.state === 'unread') return yield page
    const { value, nextLink } = page.value
    yield read(value)
    if (nextLink === undefined) return
    if (followed.has(nextLink)) return yield unread(endlessList(operation, 'a link to a page that was already read'))
    if (pages === maxPages) return yield unread(endlessList(operation, `more than ${maxPages} pages`))
    followed.add(nextLink)
    answer = await sender.sendNext(nextLink, operation, signal)
  }
}

/** All rows, or why they are not all there. */
export async function collectPages(
  pages: AsyncIterable<Read<readonly GraphObject[]>>,
): Promise<Read<readonly GraphObject[]>> {
  const rows: GraphObject[] = []
  for await (const page of pages) {
    if (page.state === 'unread') return page
    rows.push(...page.value)
  }
  return read(rows)
}

function asPage(answer: Read<unknown>, operation: ReadOperation): Read<Page> {
  if (answer.state === 'unread') return answer
  const page = parsePage(answer.value)
  return page === undefined ? unread(badResponse(operation, 'something that is not a list')) : read(page)
}

function endlessList(operation: ReadOperation, what: string): GraphProblem {
  return badResponse(operation, what)
}
