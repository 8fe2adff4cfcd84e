import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import type { ReadOperation } from '#graph/client/operations.ts'
import { matchBatch } from '#graph/client/read-batch.ts'

const parts = (count: number): ReadOperation[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'readAssignments',
    contract: contractOf('configurationPolicies'),
    id: `policy-${index}`,
  }))

describe('matchBatch()', () => {
  test('matchBatch() gives each part its own answer, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(20).keys()], { minLength: 20, maxLength: 20 }), (order) => {
        const responses = order.map((id) => ({ id: String(id), status: 200, body: { value: [{ id: `of ${id}` }] } }))
        const outcomes = matchBatch(parts(20), { responses }, 0)
        expect(outcomes).toEqual(
          [...Array(20).keys()].map((id) => ({
            state: 'settled',
            result: { state: 'read', value: { value: [{ id: `of ${id}` }] } },
          })),
        )
      }),
    )
  })

  test('matchBatch() calls a part unclear that is missing, doubled, or has no object', () => {
    const body = { value: [] }
    const responses = [
      { id: '1', status: 200, body },
      { id: '1', status: 200, body },
      { id: '2', status: 200, body: 'PGh0bWw+' },
      { id: '3', status: 200, body },
      { id: '99', status: 200, body },
    ]
    expect(matchBatch(parts(4), { responses }, 0).map(({ state }) => state)).toEqual([
      'unclear',
      'unclear',
      'unclear',
      'settled',
    ])
  })

  test('matchBatch() takes a 429 inside a 200 for what it is', () => {
    const responses = [
      { id: '0', status: 429, headers: { 'Retry-After': '2.5' }, body: { error: { code: 'TooManyRequests' } } },
    ]
    const [outcome] = matchBatch(parts(1), { responses }, 0)
    expect(outcome).toMatchObject({ state: 'busy', problem: { code: 'graph_throttled', retryAfterMs: 2_500 } })
  })

  test.each([
    [404, 'settled', 'graph_not_found'],
    [403, 'settled', 'graph_forbidden'],
    [401, 'unclear', 'graph_unauthorized'],
    [424, 'unclear', 'graph_refused'],
    [503, 'busy', 'graph_unavailable'],
    [504, 'busy', 'graph_unavailable'],
  ])('matchBatch() takes a part with %i as %s', (status, state, code) => {
    const [outcome] = matchBatch(parts(1), { responses: [{ id: '0', status, body: {} }] }, 0)
    expect(outcome).toMatchObject(
      state === 'settled' ? { state, result: { state: 'unread', problem: { code } } } : { state, problem: { code } },
    )
  })

  test('matchBatch() leaves every part unclear when the answer is no batch', () => {
    for (const body of [null, [], {}, { responses: null }, { responses: [{ id: 0 }] }, '<html>']) {
      expect(matchBatch(parts(3), body, 0).map(({ state }) => state)).toEqual(['unclear', 'unclear', 'unclear'])
    }
  })
})
