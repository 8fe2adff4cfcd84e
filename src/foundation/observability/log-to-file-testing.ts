import pino from 'pino'
import { createLog, logOptions, type Log } from '#foundation/observability/log.ts'

/**
 * Test only: the program's log down to `debug`, at the end of a file, each line before the call returns: those of a process
 * that is killed are there. Without a file nothing is logged.
 */
export function logToFile(file: string | undefined): Log {
  if (file === undefined) return createLog({ level: 'silent', pretty: false })
  return pino(logOptions('debug'), pino.destination({ dest: file, sync: true }))
}
