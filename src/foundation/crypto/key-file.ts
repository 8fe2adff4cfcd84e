import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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
    writeInFolder(aside, text, mode)
    linkSync(aside, keyFile)
  } catch (error) {
    if (!existsSync(keyFile))
      throw new Failure('missing_configuration', `The key file ${keyFile} cannot be made.`, { cause: error })
  } finally {
    rmSync(aside, { force: true })
  }
}

// On the disk when the call returns, without fsync, which no confined process may call.
const newAndFlushed = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_SYNC

function writeInFolder(path: string, text: string, mode: number): void {
  const file = openInFolder(path, mode)
  try {
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

// The folder is made when it is missing and not before: a confined process may not ask for one that is there.
function openInFolder(path: string, mode: number): number {
  try {
    return openSync(path, newAndFlushed, mode)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, newAndFlushed, mode)
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
