/** What the ledger's benchmark runs on: migrated databases of one durable server, each with so much history. */
import { randomUUID } from 'node:crypto'
import { seed } from '#domain/workspaces/seed.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { createLog } from '#foundation/observability/log.ts'
import { addHistory } from './add-history.ts'

export const log = createLog({ level: 'fatal', pretty: true })

export interface Ledger extends AsyncDisposable {
  readonly name: string
  /** With its password: never printed. */
  readonly url: string
  /** As the product works. */
  readonly database: OpenDatabase
  /** For the stage itself: behind no wall. */
  readonly owner: OpenDatabase
  readonly tenants: readonly TenantContext[]
  /** Runs that ended before the benchmark began. */
  readonly history: number
}

export interface LedgerSize {
  /** Runs that ended, each with its item and its audit entry. */
  readonly history: number
  /** Of these, so long ago that retention deletes them; default none. */
  readonly old?: number
  readonly tenants?: number
}

export async function makeLedger(serverUrl: string, name: string, size: LedgerSize): Promise<Ledger> {
  const url = new URL(serverUrl)
  await onServer(serverUrl, `create database ${name}`)
  url.pathname = `/${name}`
  await migrate({ url: url.href })
  const database = openDatabase({ url: url.href, role: 'worker', poolSize: 24, applicationName: 'bench', log })
  const owner = openDatabase({ url: url.href, role: 'login', poolSize: 24, applicationName: 'bench stage', log })
  const { tenants } = await seed(database.db, {
    workspace: { name: 'Bench', slug: 'bench', ownerName: 'Bench' },
    members: [],
    tenants: Array.from({ length: size.tenants ?? 100 }, (_, n) => ({
      name: `Tenant ${n}`,
      entraTenantId: randomUUID(),
    })),
  })
  const ledger = {
    name,
    url: url.href,
    database,
    owner,
    tenants,
    history: size.history,
    async [Symbol.asyncDispose]() {
      await database.close()
      await owner.close()
    },
  }
  await addHistory(ledger, size)
  return ledger
}

export function tenantOf({ tenants }: Ledger, n: number): TenantContext {
  const tenant = tenants[n % tenants.length]
  if (tenant === undefined) throw new RangeError('a ledger without tenants')
  return tenant
}

async function onServer(url: string, statement: string): Promise<void> {
  await using server = openDatabase({ url, role: 'login', poolSize: 1, applicationName: 'bench', log })
  await server.pool.query(statement)
}
