import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** The canonical JSON (RFC 8785) of a value: independent of key order. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical JSON')
  return text
}

/** SHA-256 over canonical JSON, 32 bytes. */
export function sha256(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest()
}

/** SHA-256 over canonical JSON, lower-case hexadecimal. */
export function sha256Hex(value: unknown): string {
  return sha256(value).toString('hex')
}
