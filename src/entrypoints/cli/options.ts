import { requireOperationType } from '#domain/operations/catalog.ts'
import type { OperationType } from '#domain/operations/catalog.ts'
import type { Moment } from '#domain/operations/list-runs.ts'
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

/** Operations given as options; undefined when none was. */
export function operationTypesOption(texts: readonly string[] | undefined): readonly OperationType[] | undefined {
  return texts?.map(requireOperationType)
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A moment given as an option: `24h`, `7d` ago by the database's clock, or a date or time; undefined when none was. */
export function momentOption(text: string | undefined, name: string): Moment | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})\s*([mhdw])$/.exec(text.trim()) ?? []
  const ms = unitMs[unit]
  if (ms !== undefined) return { agoMs: Number(count) * ms }
  // A date alone is the begin of that day where the person is, as the times in tables are.
  const at = /^\d{4}-\d\d-\d\d$/.test(text)
    ? new Date(`${text}T00:00:00`)
    : new Date(isoTime.test(text) ? text : Number.NaN)
  if (!Number.isNaN(at.getTime())) return at
  throw new Failure(
    'invalid_input',
    `${name} must be like 30m, 24h, 7d, 2026-11-28 or 2026-11-28T14:30:00Z, not "${text}".`,
  )
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
