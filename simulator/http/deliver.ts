/** Sends an answer, whole or in the way a fault wants it. */
import type { ServerResponse } from 'node:http'
import type { Effect } from '../faults/fault-plan.ts'
import type { Answered } from '../graph/graph-service.ts'
import type { Reply } from '../graph/reply.ts'

export function deliver(response: ServerResponse, answered: Answered, headers: Record<string, string>): void {
  if (answered.kind === 'cut') {
    return cut(response)
  }
  const { reply, delivery } = answered
  const [peculiar] = delivery
  if (!peculiar) return sendWhole(response, reply, headers)
  if (peculiar.kind === 'slowBody')
    return sendSlowly(response, reply, { headers, bytesPerSecond: peculiar.bytesPerSecond })
  if (peculiar.kind === 'endlessBody') sendEndlessly(response, reply, { headers, effect: peculiar })
}

/** A reset where the connection is plain TCP; under TLS there is only a close. */
function cut({ socket }: ServerResponse): void {
  if (socket && 'encrypted' in socket) socket.destroy()
  else socket?.resetAndDestroy()
}

export function sendWhole(
  response: ServerResponse,
  { status, headers, text }: Reply,
  more: Record<string, string>,
): void {
  const length = text === undefined ? 0 : Buffer.byteLength(text)
  const lengthHeader = status === 204 ? {} : { 'content-length': String(length) }
  response.writeHead(status, { ...headers, ...more, ...lengthHeader })
  response.end(text)
}

function sendSlowly(
  response: ServerResponse,
  { status, headers, text = '' }: Reply,
  how: { headers: Record<string, string>; bytesPerSecond: number },
): void {
  const bytes = Buffer.from(text)
  response.writeHead(status, { ...headers, ...how.headers, 'content-length': String(bytes.length) })
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + 1))
    sent += 1
    if (sent >= bytes.length) {
      clearInterval(timer)
      response.end()
    }
  }, 1000 / how.bytesPerSecond)
  response.on('close', () => clearInterval(timer))
}

type Endless = Effect & { kind: 'endlessBody' }

/** The answer's own text, then blanks for ever: as fast as they are read, or so many a second. */
function sendEndlessly(
  response: ServerResponse,
  { status, headers, text = '{"value":[' }: Reply,
  how: { headers: Record<string, string>; effect: Endless },
): void {
  response.writeHead(status, { ...headers, ...how.headers })
  response.write(text.slice(0, -1))
  const { bytesPerSecond } = how.effect
  if (bytesPerSecond === undefined) return flood(response)
  const timer = setInterval(() => response.write(' '), 1000 / bytesPerSecond)
  response.on('close', () => clearInterval(timer))
}

const blanks = Buffer.alloc(64 * 1024, ' ')

function flood(response: ServerResponse): void {
  while (!response.destroyed && response.write(blanks));
  if (!response.destroyed) response.once('drain', () => flood(response))
}
