import { describe, expect, test } from 'vitest'
import { untilHit } from './case-result.ts'
import { breaches } from './violation.ts'

const missed = { isHit: false, violations: [] }
const hit = { isHit: true, violations: [] }
const violated = { isHit: false, violations: breaches('I1', ['it never ended']) }

/** Plays these one after the other; how many were played. */
async function playing(...results: (typeof missed | typeof violated)[]) {
  let played = 0
  const result = await untilHit(async () => results[played++] ?? missed)
  return { result, played }
}

describe('untilHit()', () => {
  test('plays a case again that missed, three times in all', async () => {
    expect(await playing(missed, hit)).toEqual({ result: hit, played: 2 })
    expect(await playing(missed, missed, missed, hit)).toEqual({ result: missed, played: 3 })
  })

  test('lets stand what was violated, hit or not', async () => {
    expect(await playing(violated, hit)).toEqual({ result: violated, played: 1 })
  })
})
