import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createPatientServer } from '#entrypoints/http/create-patient-server.ts'
import type { Patience } from '#entrypoints/http/create-patient-server.ts'

const soon = { connectionsCheckingInterval: 20 }
const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
// More than the buffers of a connection on this machine take.
const long = Buffer.alloc(32 * 1024 * 1024)

async function givenServer(patience: Partial<Patience>, listener?: RequestListener) {
  let asked = 0
  const server = createPatientServer((message, response) => {
    asked += 1
    if (listener === undefined) message.on('end', () => response.end('ok')).resume()
    else listener(message, response)
  }, patience)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sockets: Socket[] = []
  return {
    server,
    asked: () => asked,
    connect() {
      const socket = connect({ port, host: '127.0.0.1' })
      sockets.push(socket.on('error', () => undefined))
      return socket
    },
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy())
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What a client is told until the server ends the connection. */
async function untilLetGo(socket: Socket): Promise<string> {
  let told = ''
  socket.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await once(socket, 'close')
  return told
}

test('createPatientServer() lets go who sends a head that does not end', async () => {
  await using given = await givenServer({ ...soon, headersTimeout: 50 })
  const socket = given.connect()
  socket.write('GET / HTTP/1.1\r\nX-Slow: a')
  expect(await untilLetGo(socket)).toContain('408 Request Timeout')
  expect(given.asked()).toBe(0)
})

test('createPatientServer() lets go who sends a body that does not end', async () => {
  await using given = await givenServer({ ...soon, headersTimeout: 50, requestTimeout: 100 })
  const socket = given.connect()
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{')
  expect(await untilLetGo(socket)).toContain('408 Request Timeout')
})

test('createPatientServer() lets go who does not take what they asked for', async () => {
  await using given = await givenServer({ idleTimeout: 50 }, (_, response) => response.end(long))
  const accepted = once(given.server, 'connection')
  const socket = given.connect().pause()
  const [served] = (await accepted) as [Socket]
  socket.write(request)
  await once(served, 'close')
  expect(socket.bytesRead).toBeLessThan(long.length)
})

test('createPatientServer() keeps no answers for who asks on and on without taking any', async () => {
  await using given = await givenServer({ mostUnanswered: 3 }, () => undefined)
  const socket = given.connect()
  socket.write(request.repeat(10))
  expect(await untilLetGo(socket)).toBe('')
  expect(given.asked()).toBe(3)
})

test('createPatientServer() answers any number of requests of who takes each answer first', async () => {
  await using given = await givenServer({ mostUnanswered: 2 })
  const socket = given.connect()
  for (let n = 0; n < 20; n += 1) {
    socket.write(request)
    await once(socket, 'data')
  }
  expect(given.asked()).toBe(20)
})

test('createPatientServer() takes so many connections and no more', async () => {
  await using given = await givenServer({ mostConnections: 2 })
  const [first, second] = [given.connect(), given.connect()]
  await Promise.all([once(first, 'connect'), once(second, 'connect')])
  await untilLetGo(given.connect())
  first.write(request)
  expect(String(await once(first, 'data'))).toContain('200 OK')
})
