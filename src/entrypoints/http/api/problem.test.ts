import { expect, test } from 'vitest'
import { Failure } from '#foundation/kernel/failure.ts'
import { isDefect, problemOf } from '#entrypoints/http/api/problem.ts'

test('problemOf() tells of a defect nothing but where the log has it', () => {
  const error = new Error('select password_hash from local_accounts: connection to db-1.internal refused', {
    cause: new Error('postgres://atlas:hunter2@db-1.internal/atlas'),
  })
  const { problem } = problemOf(error, 'request-1')
  expect(isDefect(error)).toBe(true)
  expect(problem).toMatchObject({ status: 500, reason: 'unknown_error', requestId: 'request-1' })
  expect(JSON.stringify(problem)).not.toMatch(/password_hash|db-1|hunter2|stack/)
})

test('problemOf() says what an expected refusal says', () => {
  const refusal = new Failure('not_found', 'There is nothing here that you may open.')
  expect(isDefect(refusal)).toBe(false)
  expect(problemOf(refusal, 'request-1').problem).toMatchObject({ status: 404, detail: refusal.message })
})
