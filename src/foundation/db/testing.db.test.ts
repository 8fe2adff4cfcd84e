import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '#foundation/db/database.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'

const server = inject('postgres')
const log = createLog({ level: 'silent', pretty: false })

test('dropTestDatabase() fails, naming the culprit, when a pool was left open', async () => {
  const url = await createTestDatabase(server)
  const leaked = openDatabase({ url, poolSize: 2, applicationName: 'the leaked pool', log })
  await sql`select 1`.execute(leaked.db)
  await expect(dropTestDatabase(server.url, url)).rejects.toThrow(/leaked pool: 1 .*the leaked pool/)
  await leaked.close()
})

test('dropTestDatabase() is content when every pool was closed', async () => {
  const url = await createTestDatabase(server)
  {
    await using closed = openDatabase({ url, poolSize: 2, applicationName: 'closed', log })
    await sql`select 1`.execute(closed.db)
  }
  await expect(dropTestDatabase(server.url, url)).resolves.toBeUndefined()
})
