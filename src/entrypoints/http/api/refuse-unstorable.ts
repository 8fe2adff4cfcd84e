import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Refuses texts, anywhere in an input, that PostgreSQL stores in no column: with the character NUL or half a character.
 * @throws Failure `invalid_input`
 */
export function refuseUnstorable(input: unknown, path = ''): void {
  if (typeof input === 'string' && (input.includes('\u0000') || !input.isWellFormed()))
    throw new Failure('invalid_input', `${path || 'The input'}: a text must be Unicode without the character U+0000.`)
  if (input === null || typeof input !== 'object') return
  for (const [key, value] of Object.entries(input)) {
    refuseUnstorable(key, path)
    refuseUnstorable(value, path === '' ? key : `${path}.${key}`)
  }
}
