import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { Answer } from './judge.ts'
import type { FuzzRequest } from './requests-of.ts'

const patienceMs = 30_000

/** Sends requests as they are, over connections that are kept. Not `fetch`, which would mend some of them. */
export function createSender(url: string) {
  const { port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  return {
    send: (request: FuzzRequest, token: string | undefined): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const { method, target, body } = request
        const bytes = body === undefined ? undefined : Buffer.from(body)
        const headers = {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(bytes && { 'Content-Length': bytes.byteLength }),
          ...request.headers,
        }
        const sent = httpRequest(
          { host: '127.0.0.1', port, path: target, method, headers: { Host: `localhost:${port}`, ...headers }, agent },
          (response) => void answerOf(response).then(resolve, reject),
        )
        sent.setTimeout(patienceMs, () => sent.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)))
        sent.on('error', reject)
        sent.end(bytes)
      }),
    end: () => agent.destroy(),
  }
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response
  // A stream does not end: that it began is its answer.
  if (String(headers['content-type']).startsWith('text/event-stream')) {
    response.destroy()
    return { status, headers, text: '' }
  }
  return { status, headers, text: await readText(response) }
}
