import { expect, test } from 'vitest'
import { runStatement } from '#foundation/db/run-statement.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

const database = useTestDatabase()
const sum = { name: 'sum_of_two', text: 'select $1::integer + $2::integer as n' }

test('runStatement() prepares a statement once per connection', async () => {
  await using one = database.openAnother({ poolSize: 1 })
  expect(await runStatement(one.db, sum, [1, 2])).toEqual([{ n: 3 }])
  expect(await runStatement(one.db, sum, [3, 4])).toEqual([{ n: 7 }])
  const { rows } = await one.pool.query('select statement from pg_prepared_statements')
  expect(rows).toEqual([{ statement: sum.text }])
})

test('runStatement() goes on unprepared where the session it prepared in is not the one it meets again', async () => {
  await using pooled = database.openAnother({ poolSize: 1 })
  await runStatement(pooled.db, sum, [1, 2])
  // What a pooler does between two transactions: the next one meets a session that was never told.
  await pooled.pool.query('deallocate all')
  expect(await runStatement(pooled.db, sum, [3, 4])).toEqual([{ n: 7 }])
  expect(await runStatement(pooled.db, sum, [5, 6])).toEqual([{ n: 11 }])
  expect((await pooled.pool.query('select from pg_prepared_statements')).rowCount).toBe(0)
})

test('runStatement() never gives two texts one name', async () => {
  await using one = database.openAnother({ poolSize: 1 })
  const older = { name: sum.name, text: 'select $1::integer as n' }
  expect(await runStatement(one.db, sum, [1, 2])).toEqual([{ n: 3 }])
  expect(await runStatement(one.db, older, [8])).toEqual([{ n: 8 }])
})
