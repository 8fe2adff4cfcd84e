import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { expect, test } from 'vitest'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'

const authority = useAuthority()

/** The protocol that client and server agree on, or why they do not. */
async function handshake(settings: TlsSettings, options: ConnectionOptions = {}): Promise<string> {
  const server = createServer(settings, (socket) => socket.on('error', () => undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1', ...options })
  try {
    await once(client, 'secureConnect')
    return client.getProtocol() ?? 'none'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    client.destroy()
    server.close()
  }
}

test('useAuthority() makes a server that is believed, by TLS 1.3', async () => {
  expect(await handshake(authority.settings.trusted)).toBe('TLSv1.3')
})

test.each(untrusted)('useAuthority() makes a server %s, which is refused for just that', async (_, kind, code) => {
  expect(await handshake(authority.settings[kind])).toMatch(code)
})

test('useAuthority() makes an old server that is otherwise as good as the new one', async () => {
  const old: ConnectionOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }
  expect(await handshake(authority.settings.old, old)).toBe('TLSv1.1')
})
