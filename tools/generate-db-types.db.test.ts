import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { renderSchema, schemaFile } from './generate-db-types.ts'

const database = useTestDatabase()

test('schema.ts says what the migrated database has (else: npm run db:types)', async () => {
  expect(await readFile(schemaFile, 'utf8')).toBe(await renderSchema(database.url))
})

test('renderSchema() sees a column that schema.ts does not have', async () => {
  await database.pool.query('alter table workspaces add column planted text')
  expect(await renderSchema(database.url)).toContain('planted: string | null')
})
