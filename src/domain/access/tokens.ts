import { createHash, randomBytes } from 'node:crypto'

/** What is given out once: the token for its holder, the hash for us. */
export interface NewToken {
  readonly token: string
  readonly hash: Buffer
}

/** 256 random bits in base64url behind a prefix that says what it is, so that scanners for leaked secrets find it. */
export function newToken(prefix: string): NewToken {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`
  return { token, hash: hashOfToken(token) }
}

/** SHA-256: enough for 256 random bits, which nobody guesses. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
