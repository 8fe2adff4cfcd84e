import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from '#foundation/db/embedded/binaries.ts'
import { canRun, chooseInitUser, giveAllTo, type ServerUser } from '#foundation/db/embedded/server-user.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/*
 * A cluster is one folder: `data` (PostgreSQL's own), `password`, `port`, `server.log`. It is made whole beside its
 * place and then renamed to it, so that a crash on the way leaves nothing that looks like a database, and of two
 * processes that make it at once one wins and both use that one.
 *
 * It lies in the data folder, at `postgres`. Where the server's user cannot enter the data folder (a checkout below
 * /root, started by root) it lies outside, and the file `postgres.location` in the data folder says where.
 */

export interface Cluster {
  readonly folder: string
  readonly password: string
  readonly user: ServerUser
}

export const databaseUser = 'tenantatlas'

const majorVersion = '18'
const run = promisify(execFile)

/** PGDATA of a cluster. */
export function dataFolder(cluster: { folder: string }): string {
  return join(cluster.folder, 'data')
}

/**
 * The cluster of a data folder; undefined when none was made yet.
 * @throws Failure `data_directory_damaged` or `invalid_state` when there is one that cannot be used; it is left as it is
 */
export async function findCluster(dataDir: string): Promise<Cluster | undefined> {
  const pointer = pointerOf(dataDir)
  const pointed = (await readIfThere(pointer))?.trim()
  const folder = pointed ?? join(dataDir, 'postgres')
  const owner = await stat(folder).catch(() => undefined)
  if (owner === undefined && pointed === undefined) return undefined
  if (owner === undefined) {
    throw damaged(`The database is not at ${folder}, where ${pointer} says it is.`)
  }
  const user = ownerOf(owner, folder)
  await refuseUnusable(folder)
  const password = (await readIfThere(join(folder, 'password')))?.trim()
  if (password === undefined) {
    throw damaged(`The database in ${folder} lost its file "password".`)
  }
  return { folder, password, user }
}

async function refuseUnusable(folder: string): Promise<void> {
  const version = (await readIfThere(join(folder, 'data/PG_VERSION')))?.trim()
  if (version === undefined || !/^\d+$/.test(version)) {
    throw damaged(`The folder ${folder} holds no readable PostgreSQL database.`)
  }
  if (version !== majorVersion) {
    throw new Failure(
      'invalid_state',
      `The database in ${folder} was made by PostgreSQL ${version}, this TenantAtlas brings ${majorVersion}: start the TenantAtlas that made it.`,
    )
  }
}

/** The server runs as the owner of its files, whoever that is: PostgreSQL demands it. */
function ownerOf({ uid, gid }: { uid: number; gid: number }, folder: string): ServerUser {
  const me = process.getuid?.()
  if (me === undefined || (me === uid && me !== 0)) return {}
  const allowed = me === 0 && uid !== 0
  if (allowed) return { uid, gid }
  throw new Failure(
    'invalid_state',
    me === 0
      ? `The database in ${folder} belongs to root, and PostgreSQL does not run as root: give the folder to an ordinary user with chown -R, and start TenantAtlas again.`
      : `The database in ${folder} belongs to user id ${uid}: start TenantAtlas as that user, or give the folder to user id ${me} with chown -R.`,
  )
}

export interface NewCluster {
  readonly dataDir: string
  readonly user: ServerUser
  readonly binaries: Binaries
  /** Where the cluster goes when `user` cannot enter the data folder. */
  readonly outside: string
  /** False only where nothing has to outlive a power cut. */
  readonly durable: boolean
}

/** Makes the cluster of a data folder, or leaves the one that another process made meanwhile. */
export async function createCluster({ dataDir, user, binaries, outside, durable }: NewCluster): Promise<void> {
  const isInside = canRun(dataDir, user)
  const parent = isInside ? dataDir : outside
  await mkdir(parent, { recursive: true, mode: 0o755 })
  const unfinished = await mkdtemp(join(parent, 'unfinished-'))
  try {
    await initialize(unfinished, { user, binaries, durable })
    if (isInside) await rename(unfinished, join(dataDir, 'postgres'))
    else await placeOutside(unfinished, outside, dataDir)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!wasAlreadyThere(error)) throw error
  }
}

/** The file `belongs-to` says to who finds the folder which data folder points at it. */
async function placeOutside(unfinished: string, outside: string, dataDir: string): Promise<void> {
  const folder = join(outside, randomBytes(8).toString('hex'))
  await writeFile(join(unfinished, 'belongs-to'), `${dataDir}\n`)
  await rename(unfinished, folder)
  try {
    await writeFile(pointerOf(dataDir), `${folder}\n`, { flag: 'wx' })
  } catch (error) {
    await rename(folder, unfinished)
    throw error
  }
}

async function initialize(
  folder: string,
  { user, binaries, durable }: Pick<NewCluster, 'user' | 'binaries' | 'durable'>,
): Promise<void> {
  const initUser = chooseInitUser(user)
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  await giveAllTo(initUser, folder)
  await initdb(join(binaries.folder, 'bin/initdb'), initUser, [
    `--pgdata=${join(folder, 'data')}`,
    `--username=${databaseUser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorting by code point, the same on every machine whatever locales it has.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ])
  await giveAllTo(user, folder)
}

async function initdb(program: string, user: ServerUser, args: readonly string[]): Promise<void> {
  const options = { ...user, cwd: '/', env: serverEnvironment }
  try {
    await run(program, args, options)
  } catch (error) {
    if (!errorOutput(error).includes('could not look up effective user ID')) throw initFailure(error)
    await initdbInNamespace(program, args, options)
  }
}

/** As a user id without a name (`docker run --user 12345`): inside a user namespace that id is `nobody`. */
async function initdbInNamespace(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  try {
    await run('unshare', ['--user', '--map-user=65534', '--map-group=65534', program, ...args], options)
  } catch (error) {
    throw new Failure(
      'missing_configuration',
      `PostgreSQL cannot make a database as user id ${process.getuid?.()}, which has no name: add it to /etc/passwd, or set DATABASE_URL.`,
      { cause: error },
    )
  }
}

function initFailure(error: unknown): Failure {
  const line =
    errorOutput(error)
      .split('\n')
      .find((each) => each.includes('error:') || each.includes('FATAL')) ?? 'no message'
  return new Failure('missing_configuration', `The embedded PostgreSQL could not make its database: ${line.trim()}`, {
    cause: error,
  })
}

function errorOutput(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
}

/** Nothing of ours: PGDATA, PGPORT and their like would change what the server does. */
export const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

function pointerOf(dataDir: string): string {
  return join(dataDir, 'postgres.location')
}

function damaged(message: string): Failure {
  return new Failure('data_directory_damaged', message)
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function wasAlreadyThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EEXIST' || code === 'ENOTEMPTY'
}
