import { plainAddress } from '#domain/access/sign-in/plain-address.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * An address of ours that Entra sends people back to, in the one spelling it is compared and registered in.
 * @throws Failure `missing_configuration` unless it is https, or http on this machine, without query
 */
export function readRedirectUri(text: string): string {
  const url = plainAddress(text)
  if (url === undefined) {
    throw new Failure(
      'missing_configuration',
      'The address Entra sends people back to must be an https address without query; plain http is accepted only on this machine. Set TENANTATLAS_PUBLIC_URL.',
    )
  }
  return url.href
}
