/**
 * The most used passwords that are long enough to be chosen here: of a million, counted in ten million that became public
 * (Mark Burnett's list, as OWASP SecLists hands it on). Kept as hashes: nobody has to read them. `tools/hash-most-used-passwords.ts`
 * makes the file.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const bytesOfKey = 8
let sorted: Buffer | undefined

/** Whether it is one of them, whatever its case. */
export function isMostUsedPassword(password: string): boolean {
  sorted ??= readFileSync(join(import.meta.dirname, 'most-used-passwords.bin'))
  const wanted = mostUsedPasswordKey(password)
  let [from, to] = [0, sorted.length / bytesOfKey]
  while (from < to) {
    const middle = (from + to) >>> 1
    const key = sorted.readBigUInt64BE(middle * bytesOfKey)
    if (key === wanted) return true
    if (key < wanted) from = middle + 1
    else to = middle
  }
  return false
}

/** What a password is looked up by: the first eight bytes of a hash, as a number. */
export function mostUsedPasswordKey(password: string): bigint {
  return createHash('sha256').update(password.normalize('NFKC').toLowerCase()).digest().readBigUInt64BE()
}
