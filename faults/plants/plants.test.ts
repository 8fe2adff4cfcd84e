import { expect, test } from 'vitest'
import { plantNamed, plants } from './plants.ts'

test('plants are the bugs that the matrix has to find', () => {
  expect(plants.map(({ bug }) => bug)).toEqual([
    'lease by application clock',
    'fence not checked',
    'counts incremented',
    'audit outside the transaction',
    'cooldown checked then inserted',
    'cooldown in memory',
    'COMMIT error taken as failed',
    'heartbeat without renewal',
    'redelivery executed',
    'notification before the commit',
    'token in the log',
  ])
})

test.each(plants)('plants: $bug changes something, and says which rows must turn red by which invariants', (plant) => {
  const { functions = {}, modules = {}, reddens } = plant
  const changes = [...Object.values(functions), ...Object.values(modules)]
  expect(changes.length).toBeGreaterThan(0)
  for (const list of changes) expect(list.length).toBeGreaterThan(0)
  expect(reddens.length).toBeGreaterThan(0)
  for (const { seeds, violates } of reddens) expect(seeds.length * violates.length).toBeGreaterThan(0)
})

test('plantNamed() names all when there is none of that name', () => {
  expect(plantNamed(plants[0].name)).toBe(plants[0])
  expect(() => plantNamed('no-fence')).toThrow('There is no plant "no-fence"; there are: application-clock, ')
})
