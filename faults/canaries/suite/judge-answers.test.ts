import { describe, expect, test } from 'vitest'
import type { Finding } from '../find-canaries.ts'
import { judgeAnswers } from './judge-answers.ts'

const foundAt = (place: string, canary = 'random secret #1'): Finding => ({ canary, form: 'plain', place, around: '' })
const signIn = 'POST /api/v1/sign-in/local: headers'

describe('judgeAnswers()', () => {
  test('lets an answer give a secret out where one does, in whatever forms', () => {
    const answer = [foundAt(signIn), { ...foundAt(signIn), form: 'a piece' }]
    expect(judgeAnswers([answer, [foundAt(signIn, 'random secret #2')]])).toEqual({ given: 2, leaked: [] })
  })

  test('takes a secret that is given out again for a leak', () => {
    expect(judgeAnswers([[foundAt(signIn)], [foundAt(signIn)]]).leaked).toHaveLength(1)
  })

  test('takes a secret in any other answer for a leak, also before it is given out', () => {
    const elsewhere = foundAt('GET /api/v1/me: body')
    expect(judgeAnswers([[elsewhere], [foundAt(signIn)]])).toEqual({ given: 1, leaked: [elsewhere] })
  })
})
