import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '#foundation/kernel/failure.ts'

/** @throws Failure `invalid_state` when anybody but the owner may read or write the file; the error of `stat` */
export async function refuseReadableByOthers(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  throw new Failure(
    'invalid_state',
    `${path} holds a sign-in and others on this machine may open it: close it with \`chmod 600 ${path}\`.`,
  )
}

/** Writes a file that only its owner may open, whole or not at all. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  await writeFile(beside, content, { mode: 0o600 })
  await rename(beside, path)
}
