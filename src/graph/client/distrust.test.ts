/** Microsoft Graph and its sign-in in the place of which somebody else answers: nothing is said to them. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { connect, createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'
import { clientOf, giveToken, noAbort, permitOf, sendJson, startCloud } from '#graph/client/testing.ts'
import type { CloudRequest } from '#graph/client/testing.ts'

const authority = useAuthority()
const policies = contractOf('configurationPolicies')

function startTlsCloud(settings: TlsSettings) {
  const answer = (_: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, { value: [] })
  return startCloud(answer, giveToken, (listener) => createServer(settings, listener))
}

async function startTcpServer(onConnection: (socket: Socket) => void) {
  const server = createTcpServer(onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

describe('a client of Microsoft Graph', () => {
  test('speaks to servers whose certificates an authority it knows has signed', async () => {
    await using cloud = await startTlsCloud(authority.settings.trusted)
    expect(await clientOf(cloud).reader.readFilters({ signal: noAbort })).toMatchObject({ state: 'complete' })
    expect([cloud.tokenRequests.length, cloud.requests.length]).toEqual([1, 1])
  })

  test.each(untrusted)('gives neither a token nor a write to a server %s', async (_, kind) => {
    await using signIn = await startTlsCloud(authority.settings.trusted)
    await using cloud = await startTlsCloud(authority.settings[kind])
    const client = clientOf(cloud, { endpoints: { authorityUrl: signIn.url, graphUrl: cloud.url } })
    const problem = { code: 'graph_unavailable', reason: 'dependency_unreachable' }
    expect(await client.reader.readFilters({ signal: noAbort })).toMatchObject({ state: 'failed', problem })
    const write = await client.writer.replaceAssignments(policies, 'a1', [], permitOf())
    expect(write).toMatchObject({ state: 'refused', problem: { code: 'graph_unavailable' } })
    expect([signIn.tokenRequests.length, cloud.requests]).toEqual([2, []])
  })

  test('does not take a write for unsent when what comes back in the middle is no TLS', async () => {
    let line: Socket | undefined
    const babble = (request: CloudRequest, response: ServerResponse) =>
      request.method === 'POST' ? line?.write('HTTP/1.1 408 Request Timeout\r\n\r\n') : sendJson(response, 200, {})
    await using signIn = await startTlsCloud(authority.settings.trusted)
    await using cloud = await startCloud(babble, giveToken, (listener) =>
      createServer(authority.settings.trusted, listener),
    )
    await using between = await startTcpServer((socket) => {
      line = socket
      const onward = connect(Number(new URL(cloud.url).port), '127.0.0.1')
      onward
        .on('error', () => socket.destroy())
        .pipe(socket)
        .on('error', () => onward.destroy())
        .pipe(onward)
    })
    const endpoints = { authorityUrl: signIn.url, graphUrl: `https://127.0.0.1:${between.port}` }
    const write = await clientOf(cloud, { endpoints }).writer.replaceAssignments(policies, 'a1', [], permitOf())
    expect(write).toMatchObject({ state: 'unknown' })
    expect(cloud.requests).toHaveLength(1)
  })

  test.each(untrusted)('gives its secret to no token endpoint %s', async (_, kind) => {
    await using signIn = await startTlsCloud(authority.settings[kind])
    await using cloud = await startTlsCloud(authority.settings.trusted)
    const client = clientOf(cloud, { endpoints: { authorityUrl: signIn.url, graphUrl: cloud.url } })
    const found = await client.reader.readOrganization({ signal: noAbort })
    expect(found).toMatchObject({ state: 'unread', problem: { code: 'graph_unavailable' } })
    expect([signIn.tokenRequests, cloud.requests]).toEqual([[], []])
  })
})
