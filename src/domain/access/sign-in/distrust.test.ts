/** Who answers in the place of Microsoft Entra with a certificate nobody should believe. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'
import { entraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import { clientId, redirectUri } from '#domain/access/sign-in/testing-bent-sign-in.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const authority = useAuthority()

/** Why signing in at such a host goes nowhere, and what the host was asked for. */
async function signInAt(settings: TlsSettings): Promise<{ why: unknown; asked: string[] }> {
  const asked: string[] = []
  const server = createServer(settings, ({ url = '' }, response) => {
    asked.push(url)
    response.end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  const credential = { kind: 'secret', secret: 'the-secret' } as const
  const party = entraSignIn({ authority: `${origin}/organizations`, clientId, credential, redirectUri })
  const refused: unknown = await party.begin().catch((error: unknown) => error)
  server.closeAllConnections()
  server.close()
  if (!(refused instanceof Failure)) throw new TypeError('that was no refusal', { cause: refused })
  return { why: refused.detail['why'], asked }
}

test('begin() asks a host whose certificate an authority it knows has signed', async () => {
  const found = await signInAt(authority.settings.trusted)
  expect(found).toEqual({ why: 'not_json', asked: [expect.stringContaining('openid-configuration')] })
})

test.each(untrusted)('begin() asks nothing of a host %s', async (_, kind) => {
  expect(await signInAt(authority.settings[kind])).toEqual({ why: 'network', asked: [] })
})
