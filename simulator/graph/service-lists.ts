/** Read-only lists that the service itself writes: audit events and approval requests. */
import type { GraphObject } from '../world.ts'
import { textOf } from '../world.ts'
import type { GraphCall, Outcome } from './call.ts'
import { answer } from './call.ts'
import { compileFilter } from './filter.ts'
import { objectNotFound } from './graph-error.ts'
import { collectionText, contextOf, pageOf } from './paging.ts'
import { jsonReply, jsonTextReply } from './reply.ts'

/** Lists rows with `$filter`, `$orderby` on one property, `$select` and paging. */
export function listServiceRows(call: GraphCall, all: readonly GraphObject[], maxTop: number): Outcome {
  const accepts = call.query.filter === undefined ? undefined : compileFilter(call.query.filter)
  const rows = ordered(call, accepts ? all.filter(accepts) : all).map((row) => ({ id: String(row['id']), row }))
  const { rows: page, nextLink } = pageOf(call, rows, maxTop)
  const texts = page.map(({ row }) => JSON.stringify(select(row, call.query.select)))
  const count = call.query.count ? rows.length : undefined
  return answer(jsonTextReply(200, collectionText({ context: contextOf(call), rows: texts, nextLink, count })))
}

export function getServiceRow(call: GraphCall, all: readonly GraphObject[], id: string): Outcome {
  const row = all.find((one) => one['id'] === id)
  if (!row) throw objectNotFound(id)
  return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...row }))
}

function ordered(call: GraphCall, rows: readonly GraphObject[]): readonly GraphObject[] {
  const [by] = call.query.orderBy
  if (!by) return rows
  const sorted = rows.toSorted((a, b) => {
    const [left, right] = [textOf(a, by.property), textOf(b, by.property)]
    return left < right ? -1 : Number(left > right)
  })
  return by.descending ? sorted.toReversed() : sorted
}

function select(row: GraphObject, names: readonly string[] | undefined): GraphObject {
  if (!names) return row
  return Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id' || names.includes(name)))
}
