/** Graph for the front door: sign-in, then one call or a batch. */
import type { SigningKey } from '../entra/signing-key.ts'
import type { Received } from '../http/receive.ts'
import type { Cloud } from '../state/cloud.ts'
import { answerBatch } from './batch.ts'
import type { GraphCall, Version } from './call.ts'
import { badRequest, errorReply, GraphError } from './graph-error.ts'
import type { Answered, ArrivedCall } from './graph-service.ts'
import { answerCall, serviceState } from './graph-service.ts'
import { parseQuery } from './query.ts'
import { createSignIn } from './sign-in.ts'
import { splitPath } from './split-path.ts'

export type GraphHandler = (received: Received, requestId: string) => Promise<Answered>

export function createGraph(cloud: Cloud, key: SigningKey): GraphHandler {
  const signIn = createSignIn(cloud, key)
  const service = serviceState(cloud)

  function arrive(received: Received, requestId: string): ArrivedCall {
    const { tenant, caller } = signIn(received.headers['authorization'])
    const [version = '', ...segments] = splitPath(received.path)
    const call: GraphCall = {
      tenant,
      caller,
      segments,
      service,
      requestId,
      version: version.toLowerCase() as Version,
      method: received.method,
      query: parseQuery(received.rawQuery),
      headers: received.headers,
      body: parseBody(received),
      origin: received.origin,
      clientRequestId: received.headers['client-request-id'] ?? requestId,
      now: cloud.clock.now(),
    }
    return { call, path: received.path, rawQuery: received.rawQuery }
  }

  function refuse(error: GraphError, received: Received, requestId: string): Answered {
    const clientRequestId = received.headers['client-request-id'] ?? requestId
    const { method, path } = received
    const entry = { kind: 'request' as const, tenant: null, app: null, method, path, requestId, clientRequestId }
    cloud.journal.append({ ...entry, status: error.status, error: error.message })
    return {
      kind: 'reply',
      reply: errorReply(error, { requestId, clientRequestId, now: cloud.clock.now() }),
      delivery: [],
    }
  }

  return async (received, requestId) => {
    try {
      const arrived = arrive(received, requestId)
      const isBatch = received.method === 'POST' && arrived.call.segments[0]?.toLowerCase() === '$batch'
      return await (isBatch ? answerBatch(cloud, arrived) : answerCall(cloud, arrived))
    } catch (error) {
      if (error instanceof GraphError) return refuse(error, received, requestId)
      throw error
    }
  }
}

/** @throws GraphError 400 when a body is there and is not JSON */
function parseBody({ text }: Received): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    )
  }
}
