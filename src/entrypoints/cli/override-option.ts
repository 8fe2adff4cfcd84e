import { Failure } from '#foundation/kernel/failure.ts'

export interface OverrideOptions {
  readonly overrideCooldown?: true
  readonly reason?: string
}

/** The override a command line asks for; undefined when it asks for none. @throws Failure `invalid_input` for half of one */
export function overrideOf({ overrideCooldown, reason }: OverrideOptions): { readonly reason: string } | undefined {
  if (overrideCooldown === undefined && reason === undefined) return undefined
  if (overrideCooldown === undefined)
    throw new Failure('invalid_input', '--reason goes with --override-cooldown: there is nothing else to give it for.')
  if (reason === undefined || reason.trim() === '') {
    const message = 'Say why it cannot wait with --reason "…": it is shown to others and audited.'
    throw new Failure('invalid_input', message)
  }
  return { reason }
}
