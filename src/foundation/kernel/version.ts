import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')

/** The version of this program, as its package says it. */
// Safe: our own file.
export const productVersion = (JSON.parse(manifest) as { readonly version: string }).version
