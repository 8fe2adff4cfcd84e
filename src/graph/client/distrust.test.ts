/** Microsoft Graph and its sign-in in the place of which somebody else answers: nothing is said to them. */
import { createServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'
import { clientOf, giveToken, noAbort, permitOf, sendJson, startCloud } from '#graph/client/testing.ts'

const authority = useAuthority()
const policies = contractOf('configurationPolicies')

function startTlsCloud(settings: TlsSettings) {
  const answer = (_: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, 200, { value: [] })
  return startCloud(answer, giveToken, (listener) => createServer(settings, listener))
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

  test.each(untrusted)('gives its secret to no token endpoint %s', async (_, kind) => {
    await using signIn = await startTlsCloud(authority.settings[kind])
    await using cloud = await startTlsCloud(authority.settings.trusted)
    const client = clientOf(cloud, { endpoints: { authorityUrl: signIn.url, graphUrl: cloud.url } })
    const found = await client.reader.readOrganization({ signal: noAbort })
    expect(found).toMatchObject({ state: 'unread', problem: { code: 'graph_unavailable' } })
    expect([signIn.tokenRequests, cloud.requests]).toEqual([[], []])
  })
})
