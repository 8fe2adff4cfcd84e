/** The key that signs access tokens, new in each process: tokens of an earlier one are refused, as after a key roll. */
import type { KeyObject } from 'node:crypto'
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'

export interface SigningKey {
  readonly kid: string
  sign(claims: Record<string, unknown>): string
  /** The claims of a token this key signed, else undefined. */
  verify(token: string): Record<string, unknown> | undefined
  /** For the keys endpoint. */
  publicJwk(): Record<string, unknown>
}

export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
    .slice(0, 27)
  return {
    kid,
    sign(claims) {
      const text = `${encode({ typ: 'JWT', alg: 'RS256', kid })}.${encode(claims)}`
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
    },
    verify: (token) => verifyToken(token, publicKey),
    publicJwk: () => ({ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, alg: 'RS256' }),
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function verifyToken(token: string, key: KeyObject): Record<string, unknown> | undefined {
  const [header = '', claims = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || signature === '') return undefined
  const isGenuine = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
  return isGenuine ? (JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>) : undefined
}
