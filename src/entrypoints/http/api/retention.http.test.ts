import { expect, test } from 'vitest'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()

async function given() {
  const ctx = await givenWorkspace(database.db)
  const { token } = await givenPerson(database.db, { ctx, role: 'manager' })
  return { ctx, token, ask: givenApp(database.api), path: `/api/v1/workspaces/${slugOfTest(ctx)}/retention` }
}

test('the retention is shown, and changed with its ETag', async () => {
  const { token, ask, path } = await given()
  const shown = await ask('GET', path, { token })
  expect(shown).toMatchObject({
    status: 200,
    body: { runsDays: 90, auditDays: 730, backupsKeepLast: null, backupsKeepDays: null },
  })
  const headers = { 'if-match': shown.headers.get('etag') ?? '' }
  const body = { runsDays: 30, backupsKeepLast: 10 }
  expect(await ask('PATCH', path, { token, body })).toMatchObject({ status: 428 })
  const changed = await ask('PATCH', path, { token, headers, body })
  expect(changed).toMatchObject({ status: 200, body: { ...body, auditDays: 730, backupsKeepDays: null } })
  expect(await ask('PATCH', path, { token, headers, body: { runsDays: 60 } })).toMatchObject({ status: 412 })
  const again = { 'if-match': changed.headers.get('etag') ?? '' }
  expect(await ask('PATCH', path, { token, headers: again, body: { backupsKeepLast: null } })).toMatchObject({
    status: 200,
    body: { runsDays: 30, backupsKeepLast: null },
  })
})

test('the retention is refused outside its limits, to who may not, and elsewhere', async () => {
  const { ctx, token, ask, path } = await given()
  const headers = { 'if-match': '*' }
  const body = { runsDays: 1 }
  expect(await ask('PATCH', path, { token, headers, body })).toMatchObject({
    status: 400,
    body: { detail: 'runsDays must be a whole number from 7 to 3650, not 1.' },
  })
  const operator = await givenPerson(database.db, { ctx, role: 'operator' })
  expect(await ask('PATCH', path, { token: operator.token, headers, body })).toMatchObject({ status: 403 })
  const elsewhere = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
  expect(await ask('GET', path, { token: elsewhere.token })).toMatchObject({ status: 404 })
  expect(await ask('PATCH', path, { token: elsewhere.token, headers, body })).toMatchObject({ status: 404 })
})
