/**
 * The slots of a cron expression in a time zone, as instants. Where summer time begins, a fixed time that the clocks skip
 * is their first time after the gap; where it ends, a fixed time that comes twice is its first. Expressions with `*` or
 * a step in minutes or hours go by the hours that really pass. So every slot is one instant, and comes once.
 */
import { Cron } from 'croner'
import { Failure } from '#foundation/kernel/failure.ts'

export interface CronSlots {
  /** The first slot after `at`. */
  after(at: Date): Date
  /** The last slot that is not after `at`. */
  atOrBefore(at: Date): Date
}

/** @throws Failure `invalid_input` that names what is wrong and shows one that is right */
export function cronSlots({ cron, timeZone }: { readonly cron: string; readonly timeZone: string }): CronSlots {
  if (!isTimeZone(timeZone)) {
    throw new Failure('invalid_input', `time zone: "${timeZone}" is not a time zone; one is like Europe/Berlin or UTC.`)
  }
  const expression = parsed(cron, timeZone)
  if (expression.nextRun(someYear) === null) throw noCron(cron, 'it never comes true')
  return {
    after: (at) => present(expression.nextRun(at), cron),
    atOrBefore: (at) => present(expression.previousRuns(1, new Date(at.getTime() + 1))[0] ?? null, cron),
  }
}

// Any instant will do: an expression without a year comes true again and again, or never.
const someYear = new Date('2026-01-01T00:00:00Z')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function parsed(cron: string, timezone: string): Cron {
  const fields = cron.trim().split(/\s+/).length
  if (!cron.startsWith('@') && fields !== 5) throw noCron(cron, `it has ${fields} ${fields === 1 ? 'field' : 'fields'}`)
  try {
    return new Cron(cron, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true })
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'it cannot be read'
    throw noCron(cron, why, error)
  }
}

function noCron(cron: string, why: string, cause?: unknown): Failure {
  const example = 'minute, hour, day of month, month, day of week, such as "0 2 * * *" for every night at 02:00'
  return new Failure(
    'invalid_input',
    `cron: "${cron}" is not a cron expression (${why}). It takes five fields: ${example}.`,
    {
      cause,
    },
  )
}

function present(slot: Date | null, cron: string): Date {
  if (slot === null) throw new RangeError(`"${cron}" has no slot there`)
  return slot
}
