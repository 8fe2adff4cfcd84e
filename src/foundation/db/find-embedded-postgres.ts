import { resolve } from 'node:path'
import { findCluster } from '#foundation/db/embedded/cluster.ts'
import { serverUrl } from '#foundation/db/embedded/join-server.ts'
import { findPostmaster } from '#foundation/db/embedded/postmaster.ts'

/**
 * The embedded server of a data folder if it runs now; undefined when it does not. Starts nothing and changes nothing.
 * The address holds the password: never log it.
 */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string; pid: number } | undefined> {
  const cluster = await findCluster(resolve(dataDir))
  if (cluster === undefined) return undefined
  const running = await findPostmaster(cluster)
  if (running === undefined || running.port === 0) return undefined
  return { url: serverUrl(cluster, running.port, 'tenantatlas'), pid: running.pid }
}
