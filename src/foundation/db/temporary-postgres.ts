import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { createLog } from '#foundation/observability/log.ts'

/**
 * For tests and tools: a server of its own in a temporary folder, both gone after `stop`, and also when this process
 * is killed. Fast, not durable.
 */
export async function startTemporaryPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-'))
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    outside: [join(tmpdir(), 'tenantatlas-programs')],
    durable: false,
    settings,
    log: createLog({ level: 'warn', pretty: true }),
  })
  const endWatch = removeWhenWeEnd(folder)
  const stop = async () => {
    await postgres.stop()
    endWatch()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...postgres, stop, [Symbol.asyncDispose]: stop }
}

/**
 * A shell that waits for its stdin to close, which it does however this process ends; then stops the server at once
 * and removes the folder. In a session of its own, so that Ctrl-C does not reach it.
 */
function removeWhenWeEnd(folder: string): () => void {
  const script = `cat > /dev/null
    pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2> /dev/null) && kill -QUIT "$pid" 2> /dev/null
    while [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
    rm -rf "$1"`
  const watch = spawn('/bin/sh', ['-c', script, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  watch.unref()
  return () => watch.stdin.end()
}
