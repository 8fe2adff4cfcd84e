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

/** A whole number given as an option, whose limits the server knows. */
export function wholeNumberOption(text: string, name: string): number {
  if (/^-?\d{1,15}$/.test(text.trim())) return Number(text)
  throw new Failure('invalid_input', `${name} must be a whole number, not "${text}".`)
}

function wholeNumber(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new Failure('invalid_input', `${name} must be a whole number from ${min} to ${max}, not "${text}".`)
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A moment given as an option, in UTC: `24h`, `7d` ago by this machine's clock, or a date or time; undefined when none was. */
export function momentOption(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})\s*([mhdw])$/.exec(text.trim()) ?? []
  const ms = unitMs[unit]
  if (ms !== undefined) return new Date(Date.now() - Number(count) * ms).toISOString()
  const at = dateOrTime(text)
  if (at !== undefined) return at
  throw new Failure(
    'invalid_input',
    `${name} must be like 30m, 24h, 7d, 2026-11-28 or 2026-11-28T14:30:00Z, not "${text}".`,
  )
}

/** A date or time given as an option, in UTC; undefined when none was. */
export function dateOption(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined
  const at = dateOrTime(text)
  if (at !== undefined) return at
  throw new Failure('invalid_input', `${name} must be like 2027-05-28 or 2027-05-28T14:30:00Z, not "${text}".`)
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

function dateOrTime(text: string): string | undefined {
  // A date alone is the begin of that day where the person is, as the times in tables are.
  const at = /^\d{4}-\d\d-\d\d$/.test(text)
    ? new Date(`${text}T00:00:00`)
    : new Date(isoTime.test(text) ? text : Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
