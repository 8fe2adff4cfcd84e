import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Together } from '#domain/operations/together.ts'

/** Statements whose answers the test gives; what they were called with. */
function given(answer: (inputs: readonly number[]) => Promise<readonly string[]>) {
  const calls: (readonly number[])[] = []
  const many = (inputs: readonly number[]) => {
    calls.push(inputs)
    return answer(inputs)
  }
  const one = async (input: number) => (await many([input]))[0] ?? 'nothing'
  return { calls, together: new Together<number, string>({ one, many }) }
}

function refusal(code: string): Error {
  return Object.assign(new Error('refused'), { code })
}

describe('Together', () => {
  test('sends what comes in one turn in one statement', async () => {
    const { calls, together } = given(async (inputs) => inputs.map((input) => `answer ${input}`))
    const answers = await Promise.all([1, 2, 3, 4, 5].map((input) => together.call(input)))
    expect(answers).toEqual([1, 2, 3, 4, 5].map((input) => `answer ${input}`))
    expect(calls).toEqual([[1, 2, 3, 4, 5]])
  })

  test('sends a call that comes alone at once, and what comes while two are under way in one statement', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
    const { calls, together } = given((inputs) => answered.then(() => inputs.map(String)))
    const answers: Promise<string>[] = []
    for (const input of [1, 2, 3, 4, 5]) {
      answers.push(together.call(input))
      await nextTurn()
    }
    expect(calls).toEqual([[1], [2]])
    answer()
    expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4', '5'])
    expect(calls).toEqual([[1], [2], [3, 4, 5]])
  })

  test('takes at most 64 into one statement', async () => {
    const { calls, together } = given(async (inputs) => inputs.map(String))
    const answers = await Promise.all(Array.from({ length: 200 }, (_, input) => together.call(input)))
    expect(answers).toEqual(Array.from({ length: 200 }, (_, input) => String(input)))
    expect(Math.max(...calls.map((inputs) => inputs.length))).toBe(64)
  })

  test('asks for each alone when the statement is refused, so that one does not fail the others', async () => {
    const { together } = given(async (inputs) => {
      if (inputs.includes(4)) throw refusal('55P03')
      return inputs.map(String)
    })
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((input) => together.call(input)))
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })

  test('tells each caller when the answer is lost: what took effect is for them to find out', async () => {
    const { calls, together } = given(async (inputs) => {
      if (inputs.length > 1) throw new Error('Connection terminated unexpectedly')
      return inputs.map(String)
    })
    const answers = await Promise.allSettled([1, 2, 3, 4].map((input) => together.call(input)))
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    expect(calls).toEqual([[1, 2, 3, 4]])
  })

  test('refuses an answer that is not one for each call', async () => {
    const { together } = given(async (inputs) => inputs.slice(1).map(String))
    const answers = await Promise.allSettled([1, 2, 3, 4].map((input) => together.call(input)))
    expect(answers[3]).toMatchObject({ status: 'rejected' })
  })
})
