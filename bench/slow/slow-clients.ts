/**
 * Clients that hold a server up, in a process of their own so that their work is not that of whoever measures: they send
 * heads or bodies a byte a second, or take answers a piece a second. One that is let go is replaced at once. Says how many are
 * connected each time it is asked, and ends with its parent.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { parseSlowPlan, type SlowKind, type SlowPlan } from './slow-plan.ts'

const plan = parseSlowPlan(process.argv[2])
const open = new Map<SlowKind, Set<Socket>>()
let letGo = 0
let isOver = false

for (const kind of Object.keys(plan.clients) as SlowKind[]) {
  open.set(kind, new Set())
  for (let n = 0; n < plan.clients[kind]; n += 1) start(kind, n)
}
const ticking = setInterval(tick, 1_000)
process.on('message', () => {
  const connected = [...open.values()].reduce((sum, sockets) => sum + sockets.size, 0)
  process.send?.({ connected, letGo })
})
await once(process, 'disconnect')
isOver = true
clearInterval(ticking)
for (const sockets of open.values()) sockets.forEach((socket) => socket.destroy())

function start(kind: SlowKind, n: number): void {
  const { hostname, port } = new URL(plan.at)
  const socket = connect({ host: hostname, port: Number(port) })
  const sockets = open.get(kind)
  socket.on('error', () => undefined)
  socket.on('connect', () => {
    sockets?.add(socket)
    socket.write(openingOf(kind, plan, plan.keys[n % plan.keys.length] ?? ''))
    // What is not taken stays with the server, once the buffers in between are full.
    if (kind === 'reading') socket.pause()
    else socket.resume()
  })
  socket.on('close', () => {
    sockets?.delete(socket)
    letGo += 1
    if (!isOver) setTimeout(start, 100, kind, n)
  })
}

function tick(): void {
  open.get('head')?.forEach((socket) => socket.write('a'))
  open.get('body')?.forEach((socket) => socket.write(' '))
  open.get('reading')?.forEach((socket) => void socket.read(1))
}

function openingOf(kind: SlowKind, { at }: SlowPlan, key: string): string {
  const { pathname, host } = new URL(at)
  const head = (method: string, path: string) =>
    `${method} ${pathname}${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n`
  switch (kind) {
    case 'head':
      return `${head('GET', '/runs')}X-Slow: `
    case 'body':
      return `${head('POST', '/tenants')}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{`
    case 'reading':
      // Long answers, more than the buffers of a connection take.
      return `GET /api/v1/openapi.json HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n\r\n`.repeat(6)
  }
}
