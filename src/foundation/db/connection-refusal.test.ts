import { expect, test } from 'vitest'
import { connectionRefusal } from '#foundation/db/connection-refusal.ts'
import { sqlState, wasConnectionLost } from '#foundation/db/transaction.ts'

const limits = { max: 4, connectionTimeoutMillis: 10_000 }
const withCode = (code: string, message = 'no') => Object.assign(new Error(message), { code })

test.each([
  [withCode('ECONNREFUSED'), 'dependency_unreachable', 'The database does not answer.'],
  [withCode('57P03'), 'dependency_unreachable', 'The database does not answer.'],
  [new Error('Connection terminated unexpectedly'), 'dependency_unreachable', 'The database does not answer.'],
  [withCode('53300'), 'dependency_unreachable', 'no connection left'],
  [new Error('timeout exceeded when trying to connect'), 'dependency_unreachable', 'All 4 database connections'],
  [withCode('08P01', 'unsupported startup parameter: lock_timeout'), 'missing_configuration', 'pooler'],
])('connectionRefusal() says in words what %s means', (error, reason, words) => {
  expect(connectionRefusal(error, limits)).toMatchObject({ reason, message: expect.stringContaining(words) })
})

test('connectionRefusal() leaves what the server refused, and a closed pool, as they are', () => {
  for (const error of [withCode('28P01'), new Error('Cannot use a pool after calling end on the pool')])
    expect(connectionRefusal(error, limits)).toBe(error)
})

test('sqlState() takes no word of the operating system for a SQLSTATE, however long', () => {
  expect(sqlState(withCode('EPIPE'))).toBe('')
  expect(sqlState(withCode('TA001'))).toBe('TA001')
  expect(wasConnectionLost(withCode('EPIPE'))).toBe(true)
  expect(wasConnectionLost(withCode('23505'))).toBe(false)
})
