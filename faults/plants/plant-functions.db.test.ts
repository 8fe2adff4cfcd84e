import { beforeEach, expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { Plant } from './plant.ts'
import { plantFunctions } from './plant-functions.ts'
import { plants } from './plants.ts'
import { PlantMissed } from './replace-once.ts'

const database = useTestDatabase()

beforeEach(async () => {
  await database.pool.query(`create or replace function answer() returns integer language plpgsql as $$
    begin return 41 + 1; end $$`)
})

function plantOf(functions: NonNullable<Plant['functions']>): Plant {
  return { name: 'test', bug: 'test', mistake: 'test', functions, reddens: [] }
}

test('plantFunctions() changes what a function does', async () => {
  await plantFunctions(database.pool, plantOf({ answer: [{ find: '41 + 1', put: '41 + 2' }] }))
  expect((await database.pool.query('select answer()')).rows).toEqual([{ answer: 43 }])
})

test.each([
  ['a text that is not there', '42'],
  ['a text that is there twice', '1'],
])('plantFunctions() refuses %s', async (_, find) => {
  const planting = plantFunctions(database.pool, plantOf({ answer: [{ find, put: '0' }] }))
  await expect(planting).rejects.toThrow(PlantMissed)
  expect((await database.pool.query('select answer()')).rows).toEqual([{ answer: 42 }])
})

test('plantFunctions() refuses a function that is not there, or more than once', async () => {
  await database.pool.query(
    'create or replace function answer(integer) returns integer language sql as $$ select $1 $$',
  )
  await expect(plantFunctions(database.pool, plantOf({ answers: [] }))).rejects.toThrow('there are 0 of that name')
  await expect(plantFunctions(database.pool, plantOf({ answer: [] }))).rejects.toThrow('there are 2 of that name')
  await database.pool.query('drop function answer(integer)')
})

test.each(plants)('plantFunctions() finds what it changes to plant: $bug', async (plant) => {
  const client = await database.pool.connect()
  await client.query('begin')
  await expect(plantFunctions(client, plant)).resolves.toBeUndefined()
  await client.query('rollback')
  client.release()
})
