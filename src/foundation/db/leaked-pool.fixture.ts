import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'

/* A suite whose one test passes and leaves a pool open; run by testing.db.test.ts, which expects it to fail. */

const database = useTestDatabase()

test('leaves a pool open', async () => {
  const leaked = database.openAnother({ applicationName: 'the planted pool' })
  expect(await sql`select 1`.execute(leaked.db)).toBeDefined()
})
