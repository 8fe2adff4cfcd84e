import pino from 'pino'
import { expect, test } from 'vitest'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

test('logs who is turned away and why, and never what they sent', async () => {
  const lines: string[] = []
  const heard = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const ask = givenApp(database.api, { heard })
  const ctx = await givenWorkspace(database.db)
  const { token } = await givenPerson(database.db, { ctx, role: 'readonly' })
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}`
  const wrong = { loginName: 'nobody.here', password: 'a password that is wrong', code: '123456' }
  const asked = [
    await ask('GET', at),
    await ask('POST', '/api/v1/sign-in/local', { body: wrong }),
    await ask('GET', '/api/v1/workspaces/elsewhere', { token }),
    await ask('GET', `${at}/invitations`, { token }),
    await ask('DELETE', '/api/v1/me/sessions', { token, headers: { 'sec-fetch-site': 'cross-site' } }),
  ]
  const logged = lines.map((line) => JSON.parse(line) as { reason: string; requestId: string; address: string })
  expect(logged.map(({ reason }) => reason)).toEqual([
    'sign_in_required',
    'sign_in_failed',
    'not_found',
    'not_allowed',
    'cross_site',
  ])
  expect(logged.map(({ requestId }) => requestId)).toEqual(asked.map(({ headers }) => headers.get('x-request-id')))
  expect(logged.every(({ address }) => address !== '')).toBe(true)
  for (const sent of [token, ...Object.values(wrong), slugOfTest(ctx)]) expect(lines.join('')).not.toContain(sent)
})
