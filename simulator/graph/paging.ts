import type { GraphCall } from './call.ts'
import { pathOf } from './call.ts'
import { badRequest } from './graph-error.ts'

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextLink: string | undefined
}

/** Where the next page starts: after a row, or at its old position should it be gone. */
interface Position {
  readonly after: string
  readonly at: number
}

/** One page of rows. `$top` above `maxTop` is cut to it, as Intune does. */
export function pageOf<Row extends { readonly id: string }>(
  call: GraphCall,
  rows: readonly Row[],
  maxTop: number,
): Page<Row> {
  const size = Math.max(1, Math.min(call.query.top ?? maxTop, maxTop, call.service.pageSize))
  const start = startOf(call, rows)
  const page = rows.slice(start, start + size)
  const last = page.at(-1)
  const hasMore = start + size < rows.length && last !== undefined
  return { rows: page, nextLink: hasMore ? nextLink(call, { after: last.id, at: start + size }) : undefined }
}

function startOf(call: GraphCall, rows: readonly { readonly id: string }[]): number {
  if (call.query.skipToken === undefined) return call.query.skip
  const { after, at } = readPosition(call.query.skipToken)
  // Nothing was removed in most cases, so the row is where it was.
  if (rows[at - 1]?.id === after) return at
  const found = rows.findIndex((row) => row.id === after)
  return found === -1 ? at : found + 1
}

function readPosition(token: string): Position {
  try {
    const { after, at } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Position>
    if (typeof after === 'string' && typeof at === 'number') return { after, at }
  } catch {
    // Falls through: whatever is wrong with the token, the answer is the same.
  }
  throw badRequest('Skip token is not valid.')
}

function nextLink(call: GraphCall, position: Position): string {
  const token = Buffer.from(JSON.stringify(position)).toString('base64url')
  const stem = call.query.raw === '' ? '' : `${call.query.raw}&`
  return `${call.origin}/${call.version}/${pathOf(call)}?${stem}$skiptoken=${token}`
}

interface CollectionText {
  readonly context: string
  readonly rows: readonly string[]
  readonly nextLink: string | undefined
  readonly count?: number | undefined
}

/** The JSON text of a collection answer, from rows serialised before. */
export function collectionText({ context, rows, nextLink, count }: CollectionText): string {
  const members = [`"@odata.context":${JSON.stringify(context)}`]
  if (count !== undefined) members.push(`"@odata.count":${count}`)
  if (nextLink !== undefined) members.push(`"@odata.nextLink":${JSON.stringify(nextLink)}`)
  members.push(`"value":[${rows.join(',')}]`)
  return `{${members.join(',')}}`
}

export function contextOf(call: GraphCall, suffix = ''): string {
  return `${call.origin}/${call.version}/$metadata#${pathOf(call)}${suffix}`
}
