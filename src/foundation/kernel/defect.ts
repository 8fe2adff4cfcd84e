import type { Log } from '#foundation/observability/log.ts'

// Set by the test runner, and inherited by the processes that tests start.
const isUnderTest = process.env['NODE_ENV'] === 'test'

/**
 * A mistake of ours that the program can go on with: under test it throws, so that it is found there; in production it
 * is logged and the caller does without.
 */
export function reportDefect(log: Log, message: string, fields: Readonly<Record<string, unknown>>): void {
  if (isUnderTest) throw new TypeError(`${message}: ${JSON.stringify(fields)}`)
  log.warn(fields, message)
}
