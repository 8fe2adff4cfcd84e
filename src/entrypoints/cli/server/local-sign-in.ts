/** What `up` leaves in its data directory so that commands on this machine, of the same person, are signed in. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuseReadableByOthers, writePrivateFile } from '#entrypoints/cli/server/private-file.ts'

const localSignIn = z.object({ url: z.url(), token: z.string() })
export type LocalSignIn = z.output<typeof localSignIn>

/** The sign-in that a running `up` keeps; undefined where none runs. A kill leaves one behind that opens nothing soon. */
export async function readLocalSignIn(dataDir: string): Promise<LocalSignIn | undefined> {
  const path = fileIn(dataDir)
  try {
    await refuseReadableByOthers(path)
    return localSignIn.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** For whoever owns the data directory, and nobody else on the machine. */
export async function writeLocalSignIn(dataDir: string, signIn: LocalSignIn): Promise<void> {
  await writePrivateFile(fileIn(dataDir), `${JSON.stringify(signIn)}\n`)
}

export async function removeLocalSignIn(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true })
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'cli.json')
}
