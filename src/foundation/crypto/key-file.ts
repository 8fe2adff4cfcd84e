import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Makes a key file, by default readable by its owner only, unless it is there. Written aside and then linked to its name: of two
 * processes that make it at once, both use the first one, whole.
 * @throws Failure `missing_configuration`
 */
export function makeKeyFile(keyFile: string, text: string, mode = 0o600): void {
  const aside = `${keyFile}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(dirname(keyFile), { recursive: true })
    writeFileSync(aside, text, { mode, flag: 'wx', flush: true })
    linkSync(aside, keyFile)
  } catch (error) {
    if (!existsSync(keyFile))
      throw new Failure('missing_configuration', `The key file ${keyFile} cannot be made.`, { cause: error })
  } finally {
    rmSync(aside, { force: true })
  }
}

/** What stands in a key file. @throws Failure `missing_configuration` */
export function readKeyFile(keyFile: string): string {
  try {
    return readFileSync(keyFile, 'utf8')
  } catch (error) {
    throw new Failure('missing_configuration', `The key file ${keyFile} cannot be read.`, { cause: error })
  }
}
