/** Passwords of local accounts: argon2id, stored in the PHC form. */
import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'
import { isMostUsedPassword } from '#domain/access/local-accounts/most-used-passwords.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2)

/** OWASP's second setting: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const saltBytes = 16
const hashBytes = 32

export const passwordLength = { min: 15, max: 128 } as const

/**
 * Refuses what is guessed first.
 * @throws Failure `invalid_input`
 */
export function refuseWeakPassword(password: string, names: readonly string[]): void {
  // Code points: what a person sees as one character may be several, which only makes it longer.
  const { length } = Array.from(password)
  if (length < passwordLength.min || length > passwordLength.max)
    throw new Failure('invalid_input', `A password has ${passwordLength.min} to ${passwordLength.max} characters.`)
  if (new Set(password).size < 6)
    throw new Failure('invalid_input', 'A password has at least six different characters.')
  if (isMostUsedPassword(password))
    throw new Failure('invalid_input', 'A password is not one of those that many people have taken: choose another.')
  const lower = password.toLowerCase()
  const inIt = [...names, 'tenantatlas', 'password', '1234567', 'qwerty', 'letmein'].find(
    (name) => name.length >= 4 && lower.includes(name.toLowerCase()),
  )
  if (inIt !== undefined)
    throw new Failure('invalid_input', 'A password does not contain your name, the product’s, or what everybody takes.')
}

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const hash = await hashOf(password, salt, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Whether that is the password; without a hash it takes as long and says no. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored ?? '') ?? []
  if (salt === undefined || hash === undefined) {
    await hashOf(password, randomBytes(saltBytes), cost)
    return false
  }
  const expected = Buffer.from(hash, 'base64')
  const found = await hashOf(password, Buffer.from(salt, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return expected.length === found.length && timingSafeEqual(expected, found)
}

async function hashOf(
  password: string,
  nonce: Buffer,
  { memory, passes, parallelism }: { readonly memory: number; readonly passes: number; readonly parallelism: number },
): Promise<Buffer> {
  return derive('argon2id', {
    message: password.normalize('NFKC'),
    nonce,
    parallelism,
    tagLength: hashBytes,
    memory,
    passes,
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
