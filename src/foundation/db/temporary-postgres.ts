import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { createLog } from '#foundation/observability/log.ts'

/** For tests and tools: a server of its own in a temporary folder, both gone after `stop`. Fast, not durable. */
export async function startTemporaryPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-'))
  // Private, but passable: started by root, the server runs as somebody else.
  await chmod(folder, 0o711)
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    outside: [join(tmpdir(), 'tenantatlas-programs')],
    durable: false,
    settings,
    log: createLog({ level: 'warn', pretty: true }),
  })
  const stop = async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...postgres, stop, [Symbol.asyncDispose]: stop }
}
