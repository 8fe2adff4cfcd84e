import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { lchown, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * PostgreSQL refuses to run as root. Started by an ordinary user, the server runs as that user. Started by root, it
 * runs as the user `postgres` where there is one, and otherwise under an id nobody else uses: no user is added to the
 * machine. `initdb` alone insists on an id that has a name; where ours has none, it runs as a named user and the
 * folder is given to ours afterwards.
 */

/** Who a child process runs as; without ids, as we do. Fits the options of `spawn`. */
export interface ServerUser {
  readonly uid?: number
  readonly gid?: number
}

/** In a range that systemd leaves to no one, and among the 65,536 ids that a rootless container maps. */
const unnamedServerUser = { uid: 60_771, gid: 60_771 }

/** Who runs a server that this process starts. */
export function chooseServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return {}
  return namedUsers().get('postgres') ?? unnamedServerUser
}

/** Who runs `initdb` for `user`. */
export function chooseInitUser(user: ServerUser): ServerUser {
  if (user.uid === undefined) return user
  const named = namedUsers()
  const isNamed = [...named.values()].some(({ uid }) => uid === user.uid)
  return isNamed ? user : (named.get('nobody') ?? user)
}

/** Whether `user` reaches this program and may run it. For a folder: whether `user` may enter it. */
export function canRun(path: string, user: ServerUser): boolean {
  if (user.uid !== undefined) {
    const ask = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/', stdio: 'ignore' })
    return ask.status === 0
  }
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Gives a folder and everything below it to `user`. */
export async function giveAllTo(user: ServerUser, folder: string): Promise<void> {
  const { uid, gid } = user
  if (uid === undefined || gid === undefined) return
  const below = await readdir(folder, { recursive: true })
  for (const path of [folder, ...below.map((name) => join(folder, name))]) await lchown(path, uid, gid)
}

function namedUsers(): Map<string, Required<ServerUser>> {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const entries = lines.map((line) => line.split(':')).filter((fields) => fields.length >= 4)
  return new Map(entries.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]))
}
