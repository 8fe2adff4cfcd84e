import type { Failure } from '#foundation/kernel/failure.ts'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { Format } from '#entrypoints/cli/output/formats.ts'
import type { Terminal } from '#entrypoints/cli/output/terminal.ts'

/** Says why a command refused, in a sentence and what to do next; never a stack trace. Returns the exit code. */
export function sayFailure(terminal: Terminal, format: Format, failure: Failure): number {
  const { exit, next } = reasons[failure.reason]
  if (format === 'json' || format === 'jsonl') {
    terminal.say(JSON.stringify({ error: { reason: failure.reason, message: failure.message, next } }))
    return exit
  }
  terminal.say(`${terminal.onMessages.paint('red', 'error:')} ${failure.message}`)
  if (!tellsWhatToDo(failure.message) && !next.includes('the message')) terminal.say(`       ${next}`)
  return exit
}

/** The exit code of a stored reason; one that a newer version stored is an ordinary failure. */
export function exitOf(reason: string): number {
  const known: Reason = isReason(reason) ? reason : 'unknown_error'
  return reasons[known].exit === 0 ? 1 : reasons[known].exit
}

// A message that names a command or asks back has said it better than the registry can.
function tellsWhatToDo(message: string): boolean {
  return /`tenantatlas|Did you mean|give the id|--[a-z]/.test(message)
}
