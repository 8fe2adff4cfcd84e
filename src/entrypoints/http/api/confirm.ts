import { Failure } from '#foundation/kernel/failure.ts'

/** What cannot be taken back asks for the name to be typed. @throws Failure `invalid_input` for another one */
export function requireName(typed: string, name: string): void {
  if (typed !== name) throw new Failure('invalid_input', `confirm: type the name exactly as it is: "${name}".`)
}
