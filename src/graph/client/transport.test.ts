import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import { encodeJustification } from '#graph/client/write-request.ts'
import { clientOf, giveToken, noAbort, permitOf, sendJson, startCloud } from '#graph/client/testing.ts'
import { generate } from 'selfsigned'

const policies = contractOf('configurationPolicies')
const signal = noAbort

describe('what leaves', () => {
  test('a redirect is never followed: neither host sees a second request or the token', async () => {
    await using evil = await startCloud((_, response) => sendJson(response, 200, { value: [] }))
    await using cloud = await startCloud((request, response) => {
      response.writeHead(307, { location: `${evil.url}${request.path}` })
      response.end()
    })
    const client = clientOf(cloud)
    expect(await client.reader.readFilters({ signal })).toMatchObject({
      state: 'failed',
      problem: { code: 'graph_bad_response', status: 307 },
    })
    expect(await client.writer.replaceAssignments(policies, 'a1', [], permitOf())).toMatchObject({ state: 'unknown' })
    expect([evil.requests.length, cloud.requests.length]).toEqual([0, 2])
  })

  test('a redirect of the token endpoint is not followed with the secret', async () => {
    await using evil = await startCloud(giveToken)
    await using cloud = await startCloud(giveToken, (request, response) => {
      response.writeHead(308, { location: `${evil.url}${request.path}` })
      response.end()
    })
    expect(await clientOf(cloud).reader.readOrganization({ signal })).toMatchObject({ state: 'unread' })
    expect([evil.tokenRequests, evil.requests, cloud.requests]).toEqual([[], [], []])
  })

  test('each request has an id of its own, a write that of its permit and its justification', async () => {
    await using cloud = await startCloud((_, response) => sendJson(response, 200, { value: [] }))
    const client = clientOf(cloud)
    await client.reader.readFilters({ signal })
    await client.reader.readFilters({ signal })
    const permit = permitOf({ justification: 'Ada: Wiederherstellung für „Berlin“' })
    await client.writer.replaceAssignments(policies, 'a1', [], permit)
    const [first, second, write] = cloud.requests.map(({ headers }) => headers)
    expect(first?.['client-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(second?.['client-request-id']).not.toBe(first?.['client-request-id'])
    expect(write?.['client-request-id']).toBe(permit.clientRequestId)
    expect(Buffer.from(String(write?.['x-msft-approval-justification']), 'base64').toString('utf8')).toBe(
      permit.justification,
    )
    expect(first?.authorization).not.toBe(write?.authorization)
  })

  test('a token is asked for at the token endpoint only, with one request and no discovery', async () => {
    await using cloud = await startCloud((_, response) =>
      sendJson(response, 200, { value: [{ id: 'a', displayName: 'A' }] }),
    )
    await clientOf(cloud).reader.readOrganization({ signal })
    expect(cloud.tokenRequests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /7f1c2a34-5b6d-4e8f-9a0b-1c2d3e4f5a6b/oauth2/v2.0/token',
    ])
    const form = new URLSearchParams(cloud.tokenRequests[0]?.body)
    expect(form.get('scope')).toBe(`${cloud.url}/.default openid profile offline_access`.split(' ')[0])
    expect(cloud.requests).toHaveLength(1)
  })

  test('a certificate signs an assertion and its key stays here', async () => {
    const { private: privateKeyPem, cert: certificatePem } = await generate([{ name: 'commonName', value: 'reader' }], {
      keySize: 2048,
      algorithm: 'sha256',
    })
    await using cloud = await startCloud((_, response) =>
      sendJson(response, 200, { value: [{ id: 'a', displayName: 'A' }] }),
    )
    const reader = {
      kind: 'certificate',
      clientId: '11111111-1111-4111-8111-111111111111',
      privateKeyPem,
      certificatePem,
      thumbprintSha256: new X509Certificate(certificatePem).fingerprint256.replaceAll(':', ''),
    } as const
    expect(await clientOf(cloud, { credentials: { reader } }).reader.readOrganization({ signal })).toMatchObject({
      state: 'read',
    })
    const form = new URLSearchParams(cloud.tokenRequests[0]?.body)
    const [header = ''] = (form.get('client_assertion') ?? '').split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
      alg: 'PS256',
      'x5t#S256': expect.any(String),
    })
    expect(cloud.tokenRequests[0]?.body).not.toContain('PRIVATE')
  })

  test('a key that is none fails as the credential it is, without a request', async () => {
    await using cloud = await startCloud(giveToken)
    const { publicKey } = generateKeyPairSync('ed25519')
    const reader = {
      kind: 'certificate',
      clientId: '11111111-1111-4111-8111-111111111111',
      privateKeyPem: 'not a key',
      certificatePem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      thumbprintSha256: 'ab',
    } as const
    const found = await clientOf(cloud, { credentials: { reader } }).reader.readOrganization({ signal })
    expect(found).toMatchObject({
      state: 'unread',
      problem: { code: 'graph_unauthorized', reason: 'authentication_failed' },
    })
    expect(cloud.tokenRequests).toEqual([])
  })
})

describe('what comes back', () => {
  test('headers that never come are given up, and the read is tried again', async () => {
    let asked = 0
    await using cloud = await startCloud((_, response) => {
      asked += 1
      if (asked > 1) sendJson(response, 200, { value: [{ id: 'a', displayName: 'A' }] })
    })
    const found = await clientOf(cloud, { timeouts: { headersMs: 100 } }).reader.readOrganization({ signal })
    expect(found).toMatchObject({ state: 'read' })
    expect(cloud.requests).toHaveLength(2)
  })

  test('a write whose headers never come is unknown and not sent again', async () => {
    await using cloud = await startCloud(() => undefined)
    const result = await clientOf(cloud, { timeouts: { headersMs: 100 } }).writer.replaceAssignments(
      policies,
      'a1',
      [],
      permitOf(),
    )
    expect(result).toMatchObject({
      state: 'unknown',
      problem: { code: 'graph_write_unknown', reason: 'write_unknown' },
    })
    expect(cloud.requests).toHaveLength(1)
  })

  test('a write that is aborted while nobody answers is unknown', async () => {
    const abort = new AbortController()
    await using cloud = await startCloud(() => abort.abort('shutdown'))
    const result = await clientOf(cloud).writer.replaceAssignments(
      policies,
      'a1',
      [],
      permitOf({ signal: abort.signal }),
    )
    expect(result.state).toBe('unknown')
    expect(cloud.requests).toHaveLength(1)
  })

  test('a write nobody listens for is refused: it was never sent', async () => {
    await using cloud = await startCloud(() => undefined)
    const endpoints = { authorityUrl: cloud.url, graphUrl: 'http://127.0.0.1:1025' }
    const result = await clientOf(cloud, { endpoints }).writer.replaceAssignments(policies, 'a1', [], permitOf())
    expect(result).toMatchObject({
      state: 'refused',
      problem: { code: 'graph_unavailable', reason: 'dependency_unreachable' },
    })
  })

  test('a TLS handshake that fails sends neither token nor write', async () => {
    const plain = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
    await using cloud = await startCloud(() => undefined)
    const endpoints = {
      authorityUrl: cloud.url,
      graphUrl: `https://127.0.0.1:${(plain.address() as AddressInfo).port}`,
    }
    const result = await clientOf(cloud, { endpoints }).writer.replaceAssignments(policies, 'a1', [], permitOf())
    plain.close()
    expect(result).toMatchObject({ state: 'refused', problem: { code: 'graph_unavailable' } })
  })

  test('a small answer that unpacks beyond the largest body is not held', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '))
    await using cloud = await startCloud((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(bomb)
    })
    const found = await clientOf(cloud, { timeouts: { maxBodyBytes: 1024 * 1024 } }).reader.readFilters({ signal })
    expect(found).toMatchObject({ state: 'failed', problem: { code: 'graph_bad_response' } })
    expect(cloud.requests).toHaveLength(1)
  })

  test('a token endpoint that never answers is given up after three times', async () => {
    await using cloud = await startCloud(
      () => undefined,
      () => undefined,
    )
    const found = await clientOf(cloud, { timeouts: { tokenMs: 50 } }).reader.readOrganization({ signal })
    expect(found).toMatchObject({
      state: 'unread',
      problem: { code: 'graph_unavailable', reason: 'dependency_unreachable' },
    })
    expect(cloud.tokenRequests).toHaveLength(3)
  })

  test.each([
    ['something else than JSON', 'hello'],
    ['no token', '{}'],
    ['a list', '[]'],
  ])('a token endpoint that answers with %s is not one', async (_, body) => {
    await using cloud = await startCloud(giveToken, (__, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(body)
    })
    const found = await clientOf(cloud).reader.readOrganization({ signal })
    expect(found).toMatchObject({ state: 'unread', problem: { code: 'graph_unavailable' } })
    expect(cloud.requests).toEqual([])
  })

  test('an error message loses its operation ids, internal address and anything secret', async () => {
    const message =
      'Group 4711 is not valid for ada@contoso.com - Operation ID (for customer support): 0000 - Activity ID: 823bede1 - Url: https://proxy.msub06.manage.microsoft.com/x?api-version=1'
    await using cloud = await startCloud((_, response) =>
      sendJson(response, 400, { error: { code: 'BadRequest', message } }),
    )
    const result = await clientOf(cloud).writer.replaceAssignments(policies, 'a1', [], permitOf())
    expect(result).toMatchObject({ state: 'refused', problem: { graphCode: 'BadRequest' } })
    const said = result.state === 'refused' ? result.problem.message : ''
    expect(said).toContain('Group 4711 is not valid')
    expect(said).not.toMatch(/Operation ID|manage\.microsoft\.com|contoso\.com/)
  })
})

describe('encodeJustification()', () => {
  test('encodeJustification() is at most 1,024 bytes and cut between characters', () => {
    const decoded = Buffer.from(encodeJustification('ü𝕏'.repeat(400)), 'base64').toString('utf8')
    expect(Buffer.byteLength(decoded)).toBeLessThanOrEqual(1_024)
    expect(decoded).not.toContain('\ufffd')
    expect(decoded.startsWith('ü𝕏ü𝕏')).toBe(true)
  })
})
