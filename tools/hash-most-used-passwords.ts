/**
 * Makes `most-used-passwords.bin` of a list of passwords, one a line: those long enough to be chosen here, as the first eight
 * bytes of their SHA-256, sorted. `node tools/hash-most-used-passwords.ts <list>`
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mostUsedPasswordKey } from '#domain/access/local-accounts/most-used-passwords.ts'
import { passwordLength } from '#domain/access/local-accounts/password.ts'

const [list = ''] = process.argv.slice(2)
const target = join(import.meta.dirname, '../src/domain/access/local-accounts/most-used-passwords.bin')
const long = (await readFile(list, 'utf8')).split('\n').filter((line) => Array.from(line).length >= passwordLength.min)
const keys = [...new Set(long.map(mostUsedPasswordKey))].toSorted((a, b) => (a < b ? -1 : 1))
const bytes = Buffer.alloc(keys.length * 8)
keys.forEach((key, index) => bytes.writeBigUInt64BE(key, index * 8))
await writeFile(target, bytes)
console.log(`${keys.length} passwords of ${passwordLength.min} characters and more`)
