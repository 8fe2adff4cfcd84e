import pg from 'pg'

/**
 * Takes a lock that the server drops when this process dies, however it dies, or when the returned lock is disposed;
 * undefined when another process holds it.
 */
export async function takeSessionLock(
  url: string,
  lock: { id: number; holder: string },
): Promise<AsyncDisposable | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: lock.holder, keepAlive: true })
  // A lost connection loses the lock; without a listener it would also end the process.
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ isOurs: boolean }>('select pg_try_advisory_lock($1) as "isOurs"', [lock.id])
  const release = () => client.end().catch(() => undefined)
  if (rows[0]?.isOurs === true) return { [Symbol.asyncDispose]: release }
  await release()
  return undefined
}
