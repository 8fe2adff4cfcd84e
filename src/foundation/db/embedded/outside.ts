import { chmod, mkdir } from 'node:fs/promises'
import { canRun, type ServerUser } from '#foundation/db/embedded/server-user.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const candidates = ['/var/lib/tenantatlas', '/opt/tenantatlas', '/srv/tenantatlas']

/**
 * A folder, made if need be, that the server's user can enter. Used when root starts TenantAtlas from where only root
 * may enter, such as below /root: the programs in node_modules and the data folder are both out of that user's reach.
 * @throws Failure `missing_configuration` when there is none
 */
export async function outsideFolder(user: ServerUser, folders: readonly string[] = candidates): Promise<string> {
  for (const folder of folders) {
    if (await isUsable(folder, user)) return folder
  }
  throw new Failure(
    'missing_configuration',
    `The database server's user can enter neither this checkout nor ${folders.join(', ')}: set TENANTATLAS_DATA_DIR to a folder others may enter, or set DATABASE_URL.`,
  )
}

async function isUsable(folder: string, user: ServerUser): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true })
    // Whatever the umask: everything private in it has its own, stricter mode.
    await chmod(folder, 0o755)
    return canRun(folder, user)
  } catch {
    return false
  }
}
