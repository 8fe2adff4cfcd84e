/** `POST $batch`: up to 20 requests, each permitted, throttled, faulted and journaled by itself. */
import { randomUUID } from 'node:crypto'
import type { Cloud } from '../state/cloud.ts'
import type { GraphObject } from '../world.ts'
import type { GraphCall } from './call.ts'
import { bodyObject } from './call.ts'
import { badRequest, errorReply, GraphError } from './graph-error.ts'
import type { Answered, ArrivedCall } from './graph-service.ts'
import { answerCall, answerWith } from './graph-service.ts'
import type { Query } from './query.ts'
import { parseQuery } from './query.ts'
import type { Reply } from './reply.ts'
import { jsonTextReply } from './reply.ts'
import { splitPath } from './split-path.ts'

const mostRequests = 20

interface Part {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly dependsOn: readonly string[]
}

/** Answers the whole batch; faults may hit the batch itself as well as its parts. */
export function answerBatch(cloud: Cloud, arrived: ArrivedCall): Promise<Answered> {
  const requests = (arrived.call.body as GraphObject | undefined)?.['requests']
  const batchSize = Array.isArray(requests) ? requests.length : 0
  return answerWith(cloud, { ...arrived, batchSize }, { route: undefined, serve: () => answerParts(cloud, arrived) })
}

async function answerParts(cloud: Cloud, { call }: ArrivedCall): Promise<Reply> {
  try {
    const answers = answerAll(cloud, call, readParts(call))
    const texts = await Promise.all(answers.map(async ({ id, answered }) => partText(id, await answered)))
    // Answers come in no particular order: here, reversed.
    const responses = texts.filter((text) => text !== undefined).toReversed()
    return jsonTextReply(200, `{"responses":[${responses.join(',')}]}`)
  } catch (error) {
    if (error instanceof GraphError) return errorReply(error, call)
    throw error
  }
}

/** The parts of a batch. @throws GraphError 400 for the whole batch */
function readParts(call: GraphCall): readonly Part[] {
  const { requests } = bodyObject(call)
  if (!Array.isArray(requests) || requests.length === 0)
    throw badRequest("Invalid batch payload format: 'requests' is missing.")
  if (requests.length > mostRequests) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${mostRequests}.`)
  }
  const seen = new Set<string>()
  return requests.map((request: GraphObject) => {
    const part = readPart(request)
    for (const id of part.dependsOn) {
      if (!seen.has(id.toLowerCase()))
        throw badRequest(`Request '${part.id}' depends on '${id}', which does not come before it.`)
    }
    if (seen.has(part.id.toLowerCase())) throw badRequest(`Request id '${part.id}' is not unique in the batch.`)
    seen.add(part.id.toLowerCase())
    return part
  })
}

function readPart(request: GraphObject): Part {
  const { id, method, url, headers, body, dependsOn } = request
  if (typeof id !== 'string' || id === '') throw badRequest('Every request of a batch needs an id.')
  if (typeof method !== 'string') throw badRequest(`Request '${id}' has no method.`)
  if (typeof url !== 'string' || /^https?:/i.test(url))
    throw badRequest(`Request '${id}' needs a url relative to the version.`)
  const lowered = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)])
  const part: Part = {
    id,
    url,
    body,
    method: method.toUpperCase(),
    headers: Object.fromEntries(lowered) as Record<string, string>,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  }
  if (body !== undefined && part.headers['content-type'] === undefined) {
    throw badRequest(`Request '${id}' has a body and no Content-Type header.`)
  }
  return part
}

interface PendingAnswer {
  readonly id: string
  readonly answered: Promise<Answered>
}

function answerAll(cloud: Cloud, batch: GraphCall, parts: readonly Part[]): readonly PendingAnswer[] {
  const answers = new Map<string, PendingAnswer>()
  for (const part of parts) {
    const before = part.dependsOn.flatMap((id) => answers.get(id.toLowerCase())?.answered ?? [])
    answers.set(part.id.toLowerCase(), { id: part.id, answered: answerPart(cloud, batch, part, before) })
  }
  return [...answers.values()]
}

async function answerPart(
  cloud: Cloud,
  batch: GraphCall,
  part: Part,
  before: readonly Promise<Answered>[],
): Promise<Answered> {
  const needed = await Promise.all(before)
  const hasFailed = needed.some((one) => one.kind !== 'reply' || one.reply.status >= 400)
  if (!hasFailed) return answerArrived(cloud, batch, part)
  const error = new GraphError(424, 'FailedDependency', 'A request this one depends on failed.')
  return refusePart(cloud, batch, part, error)
}

async function answerArrived(cloud: Cloud, batch: GraphCall, part: Part): Promise<Answered> {
  try {
    return await answerCall(cloud, arrivedPart(batch, part, parseQuery(queryOf(part))))
  } catch (error) {
    // Its query options could not be read: the other parts do not suffer for that.
    if (error instanceof GraphError) return refusePart(cloud, batch, part, error)
    throw error
  }
}

/** A part that no service sees is in the journal all the same. */
function refusePart(cloud: Cloud, batch: GraphCall, part: Part, error: GraphError): Promise<Answered> {
  const arrived = arrivedPart(batch, part, parseQuery(''))
  return answerWith(cloud, arrived, { route: undefined, serve: () => errorReply(error, arrived.call) })
}

function queryOf({ url }: Part): string {
  return url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
}

function arrivedPart(batch: GraphCall, part: Part, query: Query): ArrivedCall {
  const [path = ''] = part.url.split('?')
  const segments = splitPath(path)
  const call: GraphCall = {
    ...batch,
    method: part.method,
    segments,
    query,
    headers: part.headers,
    body: part.body,
    requestId: randomUUID(),
    clientRequestId: part.headers['client-request-id'] ?? batch.clientRequestId,
  }
  return {
    call,
    path: `/${batch.version}/${path.replace(/^\//, '')}`,
    rawQuery: queryOf(part),
    batchId: batch.requestId,
  }
}

/** The part of the answer for one request; undefined where its connection was cut. */
function partText(id: string, answered: Answered): string | undefined {
  if (answered.kind === 'cut') return undefined
  const { status, headers, text } = answered.reply
  const members = [
    `"id":${JSON.stringify(id)}`,
    `"status":${status}`,
    `"headers":${JSON.stringify(headersOf(headers))}`,
  ]
  if (text !== undefined) members.push(`"body":${bodyText(text, headers['content-type'])}`)
  return `{${members.join(',')}}`
}

const headerNames: Readonly<Record<string, string>> = { 'content-type': 'Content-Type', 'retry-after': 'Retry-After' }

function headersOf(headers: Reply['headers']): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [headerNames[name] ?? name, value] as const)
  return { 'Cache-Control': 'no-cache', ...Object.fromEntries(named) }
}

/** JSON and counts as they are; whatever else (an HTML page, broken JSON) as a text. */
function bodyText(text: string, contentType: string | undefined): string {
  const isWhole = contentType?.startsWith('application/json') && /[}\]]$/.test(text)
  return isWhole || /^\d+$/.test(text) ? text : JSON.stringify(text)
}
