import { Failure } from '#foundation/kernel/failure.ts'

/** A reason as a person gave it, trimmed. @throws Failure `invalid_input` unless it has 1 to 500 characters */
export function readReason(text: string): string {
  const reason = text.trim()
  if (reason.length >= 1 && reason.length <= 500) return reason
  throw new Failure('invalid_input', 'Give a reason of 1 to 500 characters: it is shown to others and audited.')
}
