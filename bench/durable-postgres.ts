import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import type { Log } from '#foundation/observability/log.ts'

/** A server with the product's own settings: what is acknowledged is on disk. */
export async function startDurablePostgres(log: Log): Promise<{ readonly url: string } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // Private, but passable: started by root, the server runs as somebody else.
  await chmod(folder, 0o711)
  const outside = [join(tmpdir(), 'tenantatlas-programs')]
  const { url } = stack.use(await startEmbeddedPostgres({ dataDir: folder, outside, log }))
  const owned = stack.move()
  return { url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
