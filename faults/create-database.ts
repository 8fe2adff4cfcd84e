import { openDatabase } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'

/** Makes an empty database of that name, which must not be there yet; its address. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const log = createLog({ level: 'warn', pretty: true })
  await using server = openDatabase({
    url: serverUrl,
    role: 'login',
    poolSize: 1,
    applicationName: 'fault matrix',
    log,
  })
  await server.pool.query(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
