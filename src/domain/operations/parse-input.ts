import { z } from 'zod'
import { catalog, type InputOf, type OperationType } from '#domain/operations/catalog.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** The input of an operation as its catalogue entry demands it. @throws Failure `invalid_input` naming each bad field */
export function parseInput<T extends OperationType>(type: T, input: unknown): InputOf<T> {
  const parsed = catalog[type].input.safeParse(input)
  // The schema was taken by this very type.
  if (parsed.success) return parsed.data as InputOf<T>
  throw new Failure('invalid_input', `${catalog[type].label}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
}
