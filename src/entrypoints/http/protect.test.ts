import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen } from '#entrypoints/http/listen.ts'
import { onlyShows, protect } from '#entrypoints/http/protect.ts'

const host = 'atlas.example.com'
const app = new Hono()
app.use(protect(`https://${host}`))
app.use(onlyShows())
app.get('/', (c) => c.text('shown\n'))
const server = createAdaptorServer({ fetch: app.fetch, createServer })

beforeAll(() => listen(server, { port: 0, variable: 'NONE' }))
afterAll(async () => {
  const closed = once(server, 'close')
  server.close()
  await closed
})

/** All that the server answers to these bytes on one connection. */
async function answersTo(...lines: readonly string[]): Promise<string> {
  // A bound TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.end(lines.join('\r\n'))
  return text(socket)
}

const get = (target: string, ...headers: readonly string[]) =>
  answersTo(`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', '')

test('protect() asks browsers to come encrypted only, for two years and under every name below, where the address is https', async () => {
  const answer = await get('/', `Host: ${host}`)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer).toMatch(/^strict-transport-security: max-age=63072000; includeSubDomains\r$/im)
})

test('protect() says the same beside refusals', async () => {
  const elsewhere = await get('/', 'Host: evil.example')
  const nothing = await get('/nothing', `Host: ${host}`)
  expect(elsewhere).toMatch(/^HTTP\/1\.1 421 /)
  expect(nothing).toMatch(/^HTTP\/1\.1 404 /)
  for (const answer of [elsewhere, nothing]) {
    expect(answer).toMatch(/^strict-transport-security: /im)
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
    expect(answer).toMatch(/^cross-origin-resource-policy: same-origin\r$/im)
  }
})

test.each(['TRACE', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  'onlyShows() refuses %s, and repeats nothing of it',
  async (method) => {
    const answer = await answersTo(
      `${method} / HTTP/1.1`,
      `Host: ${host}`,
      'X-Mine: repeat-me',
      'Connection: close',
      '',
      '',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
    expect(answer).not.toContain('repeat-me')
  },
)

test.each([
  ['two lengths', ['Content-Length: 4', 'Content-Length: 40']],
  ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
  ['an encoding nobody knows', ['Transfer-Encoding: smuggled']],
])('a request whose end is in doubt (%s) is refused, and nothing behind it is answered', async (_name, headers) => {
  const answer = await answersTo(
    `GET / HTTP/1.1`,
    `Host: ${host}`,
    ...headers,
    '',
    '0',
    '',
    `GET / HTTP/1.1`,
    `Host: ${host}`,
    '',
    '',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
})
