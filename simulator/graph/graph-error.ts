import { jsonReply } from './reply.ts'
import type { Reply } from './reply.ts'

/** An answer that refuses, in the words of the service; thrown where the refusal is found. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export interface ErrorIds {
  readonly requestId: string
  readonly clientRequestId: string
  readonly now: number
}

/** The error in Graph's shape. */
export function errorReply(error: GraphError, { requestId, clientRequestId, now }: ErrorIds): Reply {
  const innerError = {
    date: new Date(now).toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId,
  }
  return jsonReply(error.status, { error: { code: error.code, message: error.message, innerError } }, error.headers)
}

/** How Intune words a refusal: a JSON text inside the message, with ids for its support. */
export function intuneError(status: number, code: string, sentence: string): GraphError {
  const operation = 'Operation ID (for customer support): 00000000-0000-0000-0000-000000000000'
  const message = {
    _version: 3,
    Message: `${sentence} - ${operation} - Url: https://proxy.sim.manage.microsoft.com/`,
    CustomApiErrorPhrase: '',
    RetryAfter: null,
    ErrorSourceService: '',
    HttpHeaders: '{}',
  }
  return new GraphError(status, code, JSON.stringify(message))
}

export function badRequest(sentence: string): GraphError {
  return new GraphError(400, 'BadRequest', sentence)
}

export function unknownSegment(segment: string): GraphError {
  return badRequest(`Resource not found for the segment '${segment}'.`)
}

export function objectNotFound(id: string): GraphError {
  return intuneError(404, 'ResourceNotFound', `An object with id ${id} was not found`)
}

export function directoryObjectNotFound(id: string): GraphError {
  const rest = 'does not exist or one of its queried reference-property objects are not present.'
  return new GraphError(404, 'Request_ResourceNotFound', `Resource '${id}' ${rest}`)
}

export function methodNotAllowed(): GraphError {
  return new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
}
