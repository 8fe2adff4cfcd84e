/** Effects on the text of an answer. */
import type { Reply } from '../graph/reply.ts'
import type { GraphObject } from '../world.ts'
import { textOf } from '../world.ts'
import type { Effect } from './fault-plan.ts'

export interface DamagedRequest {
  /** Scheme and host the client asked. */
  readonly origin: string
  /** The request's own address, for links that lead back to it. */
  readonly url: string
}

type Kind = Effect['kind']
type BodyChange<K extends Kind> = (
  body: GraphObject,
  effect: Effect & { kind: K },
  request: DamagedRequest,
) => GraphObject

const bodyChanges: { readonly [K in Kind]?: BodyChange<K> } = {
  wrongTypes,
  nullArrays,
  dropNextLink: ({ '@odata.nextLink': _dropped, ...body }) => body,
  repeatNextLink: (body, _effect, { url }) => ({ ...body, '@odata.nextLink': url }),
  foreignNextLink: (body, { host }, { url }) => ({ ...body, '@odata.nextLink': url.replace(/\/\/[^/]+/, `//${host}`) }),
  emptyPage: (body, _effect, { url }) => ({ ...body, '@odata.nextLink': samePlace(url), value: [] }),
  truncatedExpand: (body, { keep }, { origin }) => truncateExpand(body, keep, origin),
  partialBatch,
}

/** The reply as the effect leaves it; effects that are not about the text leave it alone. */
export function damageReply(reply: Reply, effect: Effect, request: DamagedRequest): Reply {
  if (effect.kind === 'malformedJson') return { ...reply, text: `${(reply.text ?? '{"value":[]}').slice(0, -1)},,` }
  if (effect.kind === 'html') return html(effect.status)
  // The table pairs each kind with the function for it, which the compiler cannot follow through an index.
  const change = bodyChanges[effect.kind] as BodyChange<Kind> | undefined
  return change ? withBody(reply, (body) => change(body, effect, request)) : reply
}

function html(status: number): Reply {
  const text =
    '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Try again later.</body></html>'
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, text }
}

function withBody(reply: Reply, change: (body: GraphObject) => GraphObject): Reply {
  if (reply.text === undefined) return reply
  try {
    return { ...reply, text: JSON.stringify(change(JSON.parse(reply.text) as GraphObject)) }
  } catch {
    // Not JSON, such as a count: there is nothing this effect could damage.
    return reply
  }
}

function wrongTypes(body: GraphObject): GraphObject {
  const rows = Array.isArray(body['value']) ? { value: (body['value'] as GraphObject[]).map(wrongRow) } : {}
  return { ...wrongRow(body), ...rows, '@odata.nextLink': 42 }
}

/** Ids and names become numbers, lists become texts. */
function wrongRow(row: GraphObject): GraphObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (Array.isArray(value)) return [name, 'not a list']
      return [name, typeof value === 'string' && !name.startsWith('@') ? 17 : value]
    }),
  )
}

function nullArrays(body: GraphObject): GraphObject {
  if (Array.isArray(body['value']) && body['value'].some((row) => Array.isArray((row as GraphObject)['assignments']))) {
    return { ...body, value: (body['value'] as GraphObject[]).map(nullArrays) }
  }
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? null : value]))
}

/** The same page under an address that was not asked before. */
function samePlace(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}$skip=0`
}

function truncateExpand(body: GraphObject, keep: number, origin: string): GraphObject {
  const cut = (row: GraphObject): GraphObject => {
    const assignments = row['assignments']
    if (!Array.isArray(assignments) || assignments.length <= keep) return row
    const context = textOf(row, 'assignments@odata.context') || `${origin}/beta/$metadata#assignments`
    const link = `${context.replace('/$metadata#', '/').replace(/\('([^']+)'\)/, '/$1')}?$skip=${keep}`
    return { ...row, assignments: assignments.slice(0, keep), 'assignments@odata.nextLink': link }
  }
  return Array.isArray(body['value']) ? { ...body, value: (body['value'] as GraphObject[]).map(cut) } : cut(body)
}

function partialBatch(
  body: GraphObject,
  { missing, doubled, shuffled }: Effect & { kind: 'partialBatch' },
): GraphObject {
  if (!Array.isArray(body['responses'])) return body
  const kept = (body['responses'] as unknown[]).slice(missing)
  const responses = [...kept, ...kept.slice(0, doubled)]
  return { ...body, responses: shuffled ? responses.toReversed() : responses }
}
