import pino from 'pino'
import pretty from 'pino-pretty'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'

export type Log = pino.Logger

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug'

const secretNames = [
  'password',
  'secret',
  'clientSecret',
  'client_secret',
  'token',
  'accessToken',
  'access_token',
  'authorization',
  'cookie',
  'privateKey',
  'privateKeyPem',
  'sealed',
]

/**
 * The program's log: one JSON object a line on stderr (stdout belongs to what a command answers), or lines for a
 * person when `pretty`. Static messages, data as fields; errors lose secrets and personal data on the way.
 */
export function createLog(options: { level: LogLevel; pretty: boolean }): Log {
  return pino(logOptions(options.level), options.pretty ? prettyStream() : pino.destination({ dest: 2, sync: true }))
}

/** How every log of the program is written, whatever it is written to. */
export function logOptions(level: LogLevel): pino.LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    serializers: { err: serializeError, error: serializeError },
  }
}

interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly reason?: string
  readonly stack?: string
  readonly cause?: unknown
}

/** Only named members: an error of a library may carry requests, replies and connection settings. */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return sanitizeMessage(String(error))
  const { code, reason, cause } = error as { code?: unknown; reason?: unknown; cause?: unknown }
  return {
    type: error.name,
    message: sanitizeMessage(error.message),
    ...(typeof code === 'string' && { code }),
    ...(typeof reason === 'string' && { reason }),
    ...(error.stack !== undefined && { stack: framesOf(error.stack) }),
    ...(cause !== undefined && depth < 3 && { cause: serializeError(cause, depth + 1) }),
  } satisfies LoggedError
}

/** The stack without its first lines, which repeat the message unsanitized. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .join('\n')
}

function prettyStream(): pino.DestinationStream {
  // hasColors() minds NO_COLOR.
  const colorize = process.stderr.isTTY && process.stderr.hasColors()
  return pretty({ destination: 2, sync: true, colorize, singleLine: true, translateTime: 'SYS:HH:MM:ss' })
}
