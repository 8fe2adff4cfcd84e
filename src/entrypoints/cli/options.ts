import { isPolicyType, policyTypes } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** A port given as an option; undefined when none was. */
export function portOption(text: string | undefined, name: string): number | undefined {
  return text === undefined ? undefined : wholeNumber(text, name, { min: 1, max: 65_535 })
}

/** A count given as an option; the default when none was. */
export function countOption(
  text: string | undefined,
  name: string,
  limits: { min: number; max: number; default: number },
): number {
  return text === undefined ? limits.default : wholeNumber(text, name, limits)
}

function wholeNumber(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new Failure('invalid_input', `${name} must be a whole number from ${min} to ${max}, not "${text}".`)
}

/** Policy types given as options; undefined when none was. */
export function typesOption(texts: readonly string[] | undefined): [PolicyType, ...PolicyType[]] | undefined {
  const [first, ...rest] = (texts ?? []).map(policyTypeOf)
  return first && [first, ...rest]
}

function policyTypeOf(text: string): PolicyType {
  if (isPolicyType(text)) return text
  const hint = didYouMean(text, policyTypes) || ' See `tenantatlas policy types`.'
  throw new Failure('invalid_input', `There is no policy type "${text}".${hint}`)
}
