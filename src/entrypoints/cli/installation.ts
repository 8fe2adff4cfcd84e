import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takeSessionLock } from '#foundation/db/session-lock.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** What a running `up` tells other commands. */
export interface RunningInstallation {
  readonly pid: number
  readonly pageUrl: string
  readonly simulatorUrl: string | null
  readonly metricsUrl: string | null
  readonly startedAt: string
}

// 'ta_u' in ASCII; any constant will do as long as it never changes.
const upLock = 0x74615f75

/**
 * Makes sure that one `up` runs per database, until disposed.
 * @throws Failure `invalid_state` that says where the other one is
 */
export async function claimInstallation(databaseUrl: string, dataDir: string): Promise<AsyncDisposable> {
  const lock = await takeSessionLock(databaseUrl, { id: upLock, holder: 'tenantatlas up' })
  if (lock === undefined) {
    const other = await readInstallation(dataDir)
    const where = other === undefined ? '' : ` at ${other.pageUrl} (process ${other.pid})`
    throw new Failure(
      'invalid_state',
      `TenantAtlas already runs here${where}; stop it with Ctrl-C where it was started, or set TENANTATLAS_DATA_DIR and --port for a second one.`,
    )
  }
  return {
    async [Symbol.asyncDispose]() {
      await rm(stateFile(dataDir), { force: true })
      await lock[Symbol.asyncDispose]()
    },
  }
}

export async function announceInstallation(dataDir: string, running: RunningInstallation): Promise<void> {
  await writeFile(stateFile(dataDir), `${JSON.stringify(running)}\n`)
}

/** What the last `up` on this data directory announced; a kill leaves it behind. */
export async function readInstallation(dataDir: string): Promise<RunningInstallation | undefined> {
  try {
    // Safe: only `announceInstallation` writes this file, in the owner's own data directory.
    return JSON.parse(await readFile(stateFile(dataDir), 'utf8')) as RunningInstallation
  } catch {
    return undefined
  }
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'up.json')
}
