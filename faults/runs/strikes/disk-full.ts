/** The disk of the database is full for a while: it goes away, and everything goes on when there is room again. */
import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startEmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { Play } from '../play.ts'
import { Load, untilAccepted } from './crashes.ts'

const run = promisify(execFile)

/** A server whose data lies on a small disk of its own; undefined where this machine does not let us make one. */
export async function startOnSmallDisk() {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-disk-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=0755', 'tmpfs', folder])
  } catch {
    return undefined
  }
  stack.defer(async () => void (await run('umount', ['--lazy', folder])))
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    outside: [join(tmpdir(), 'tenantatlas-programs')],
    durable: false,
    // So that a full disk is felt soon: no log file is kept to be used again.
    settings: { wal_recycle: 'off', min_wal_size: '32MB', max_wal_size: '64MB', max_connections: '100' },
    log: createLog({ level: 'silent', pretty: false }),
  })
  stack.use(postgres)
  const owned = stack.move()
  return { url: postgres.url, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const fullForMs = 6_000

export async function diskFull(play: Play, folder: string): Promise<boolean> {
  play.isCrowded = true
  play.mayFinish = Infinity
  const workers = [await play.worker(), await play.worker()]
  await using load = await Load.begin(play)
  await load.untilServed(performance.now())
  const filler = join(folder, 'filler')
  await fill(filler)
  // The log needs its next file: there is no room for it.
  const isFull = await play.stage.database.pool.query('select pg_switch_wal(); checkpoint').then(
    () => false,
    () => true,
  )
  await pause(fullForMs)
  await rm(filler)
  const roomAt = performance.now()
  await untilAccepted(play.stage.url)
  await load.untilServed(roomAt)
  play.resumedAfterRoomMs = Math.round(performance.now() - roomAt)
  await load.stop()
  await play.passTime()
  return isFull && workers.every(({ isGone }) => !isGone)
}

/** Until not one more byte fits. */
async function fill(path: string): Promise<void> {
  await using file = await open(path, 'w')
  for (let chunk = Buffer.alloc(1_048_576); chunk.length > 0;) {
    const isWritten = await file.write(chunk).then(
      ({ bytesWritten }) => bytesWritten === chunk.length,
      () => false,
    )
    if (!isWritten) chunk = chunk.subarray(0, Math.floor(chunk.length / 2))
  }
}
