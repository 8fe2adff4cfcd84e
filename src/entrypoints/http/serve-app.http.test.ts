/** What the server answers itself, before anything of the app is asked: over a socket, as it is sent. */
import { mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { serveApp } from '#entrypoints/http/serve-app.ts'
import { createSecretBox } from '#foundation/crypto/secret-box.ts'
import { readSigningKeys } from '#foundation/crypto/sign.ts'
import { deliverDeps } from '#domain/notifications/notifications-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()

async function askAs(host: string) {
  await using served = await serveApp({
    db: database.db,
    log: createLog({ level: 'silent', pretty: false }),
    sealer: createSecretBox({ keyFile: join(mkdtempSync(join(tmpdir(), 'tenantatlas-served-')), 'sign-in.key') }),
    port: 0,
    publicUrl: undefined,
    entraFor: undefined,
    trustedProxies: [],
    graphAllowHosts: [],
    auditKeys: () => readSigningKeys([]),
    pool: database.pool,
    notify: deliverDeps(database.api).notify,
  })
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: object; body: unknown }>()
  const sent = request(`${served.url}/api/v1/sign-in`, { headers: { host } }, (response) => {
    const { statusCode: status = 0, headers } = response
    void text(response).then((body) => resolve({ status, headers, body: JSON.parse(body) as unknown }), reject)
  })
  sent.on('error', reject)
  sent.end()
  return await promise
}

test.each([
  ['localhost:99999999', 400, 'invalid_input'],
  ['evil.example', 421, 'misdirected'],
])('serveApp() refuses the host %s with %i, with every header that protects', async (host, status, reason) => {
  const answer = await askAs(host)
  expect(answer).toMatchObject({ status, body: { reason, status } })
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'cache-control': 'no-store',
  })
})
