/** A server of TenantAtlas in the place of which somebody else answers: a command shows them no token. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'
import { createApi } from '#entrypoints/cli/server/api.ts'

const authority = useAuthority()

/** What a command is told by a server that refuses everything, and the tokens it was shown. */
async function askServer(settings: TlsSettings): Promise<{ refusal: unknown; tokens: (string | undefined)[] }> {
  const tokens: (string | undefined)[] = []
  const server = createServer(settings, ({ headers }, response) => {
    tokens.push(headers.authorization)
    response.writeHead(503).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const api = createApi({ url, token: 'ta_secret', signal: new AbortController().signal })
  const refusal: unknown = await api.me.show().catch((error: unknown) => error)
  server.closeAllConnections()
  server.close()
  return { refusal, tokens }
}

test('createApi() shows its token to a server whose certificate an authority it knows has signed', async () => {
  const { refusal, tokens } = await askServer(authority.settings.trusted)
  expect(refusal).toMatchObject({ message: expect.stringContaining('answered 503') })
  expect(tokens).toEqual(['Bearer ta_secret'])
})

test.each(untrusted)('createApi() shows nothing to a server %s, and says why', async (_, kind, code) => {
  const { refusal, tokens } = await askServer(authority.settings[kind])
  expect(refusal).toMatchObject({ reason: 'dependency_unreachable', message: expect.stringMatching(code) })
  expect(tokens).toEqual([])
})
