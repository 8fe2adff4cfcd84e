/**
 * The search of the suite is tried as it is used: tokens that are learned where they are made, in every encoding, where a
 * test can leave them. `npm run canaries -- --suite` expects to find them all.
 */
import { expect, test } from 'vitest'
import { newToken } from '#domain/access/tokens.ts'
import { givenApp, givenPerson } from '#entrypoints/http/api/api-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'
import { encodings } from '../control.ts'

const database = useTestDatabase()

test('secrets are put into the log, a table and an answer', async () => {
  const text = Object.values(encodings)
    .map((encode) => encode(newToken('').token))
    .join('\n')
  createLog({ level: 'silent', pretty: false }).debug({ text }, 'planted')
  const { userId, token } = await givenPerson(database.owner)
  await database.owner.updateTable('users').set({ display_name: text }).where('id', '=', userId).execute()
  expect((await givenApp(database.api)('GET', '/api/v1/me', { token })).body).toMatchObject({ name: text })
})
