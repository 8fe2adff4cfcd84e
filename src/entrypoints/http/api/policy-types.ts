import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isPolicyType, policyTypes, type PolicyType } from '#graph/contracts/contract.ts'

/** The policy types a request names; undefined when it names none. @throws Failure `invalid_input` for one there is not */
export function policyTypesOf(texts: readonly string[] | undefined): readonly PolicyType[] | undefined {
  return texts?.map(policyTypeOf)
}

/** @throws Failure `invalid_input` for a type there is not */
export function policyTypeOf(text: string): PolicyType {
  if (isPolicyType(text)) return text
  const hint = didYouMean(text, policyTypes) || ' See `tenantatlas policy types`.'
  throw new Failure('invalid_input', `type: there is no policy type "${text}".${hint}`)
}
