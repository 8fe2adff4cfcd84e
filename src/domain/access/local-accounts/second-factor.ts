/** The second factor of local accounts: a code of 30 seconds (RFC 6238), or one of ten recovery codes. Each opens once. */
import { randomInt } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { hashOfToken } from '#domain/access/tokens.ts'

const period = 30

/** A new secret in base32, and the address an authenticator app reads it from. */
export function newTotp(loginName: string): { readonly secret: string; readonly uri: string } {
  const secret = new Secret({ size: 20 })
  return { secret: secret.base32, uri: totpOf(secret.base32, loginName).toString() }
}

/**
 * The step a code belongs to, a step early or late included; undefined when it is wrong, or of a step a code was taken for
 * before.
 */
export function stepOfCode(secret: string, code: string, lastStep: number, now = Date.now()): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = totpOf(secret, 'x').validate({ token: code, timestamp: now, window: 1 })
  if (delta === null) return undefined
  const step = Math.floor(now / 1_000 / period) + delta
  return step > lastStep ? step : undefined
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'TenantAtlas', label, secret: Secret.fromBase32(secret), digits: 6, period })
}

const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const codes = 10

/** Ten codes of 117 bits, `XXXXXX-XXXXXX-XXXXXX-XXXXXX`: so many that no salt is needed where they are kept. */
export function newRecoveryCodes(): string[] {
  const part = () => Array.from({ length: 6 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
  return Array.from({ length: codes }, () => [part(), part(), part(), part()].join('-'))
}

/** As it is stored: without the dashes, in any case. Undefined: it does not look like one; those of before had 10 letters. */
export function hashOfRecoveryCode(code: string): Buffer | undefined {
  const plain = code.toUpperCase().replaceAll(/[\s-]/g, '')
  return /^(?:[A-Z2-9]{24}|[A-Z2-9]{10})$/.test(plain) ? hashOfToken(plain) : undefined
}
