/** What the API is measured on: a workspace with a long history, members with keys, and backup sets to be verified. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { capabilities } from '#foundation/kernel/capability.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { newId, type UserId } from '#foundation/kernel/ids.ts'
import { makeLedger, tenantOf, type Ledger } from '../ledger/ledger-stage.ts'
import { startMeasuredServer, type MeasuredServer } from './measured-server.ts'

export interface ApiStage extends AsyncDisposable {
  readonly ledger: Ledger
  readonly server: MeasuredServer
  /** Of the workspace, below the address of the server. */
  readonly at: string
  /** One of each member: rates are counted by member. */
  readonly keys: readonly string[]
  /** Each verified by nobody yet: verifying one is a run of its own. */
  readonly backups: readonly string[]
}

const members = 50

export async function makeApiStage(serverUrl: string, size: { runs: number; starts: number }): Promise<ApiStage> {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantatlas-bench-api-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const ledger = stack.use(await makeLedger(serverUrl, 'api', { history: size.runs, tenants: 100 }))
  const keys: string[] = []
  for (let n = 0; n < members; n += 1) keys.push(await addMember(ledger, n))
  const backups = await addBackups(ledger, size.starts)
  const server = stack.use(await startMeasuredServer(ledger.url, dataDir))
  const owned = stack.move()
  return {
    ledger,
    server,
    keys,
    backups,
    at: `${server.url}/api/v1/workspaces/bench`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function addMember(ledger: Ledger, n: number): Promise<string> {
  const { workspaceId } = tenantOf(ledger, 0)
  const userId = newId<UserId>()
  const name = `Member ${n}`
  await ledger.owner.pool.query('insert into users (id, display_name) values ($1, $2)', [userId, name])
  await ledger.owner.pool.query(
    `insert into workspace_members (workspace_id, user_id, role) values ($1, $2, 'owner')`,
    [workspaceId, userId],
  )
  const ctx = givenContext(workspaceId, { kind: 'user', userId, name })
  const wish = { name: 'bench', capabilities, days: 1 }
  return (await createApiKey(ledger.owner.db, ctx, capabilities, wish)).key
}

async function addBackups({ owner, tenants }: Ledger, count: number): Promise<string[]> {
  const { rows } = await owner.pool.query<{ id: string }>(
    `insert into backup_sets (workspace_id, id, tenant_id, state, manifest_hash, run_id, created_by, completed_at)
     select t.workspace_id, uuidv7(), t.id, 'complete', sha256(n::text::bytea), uuidv7(), 'Bench', now()
     from generate_series(1, $2::int) n
     join tenants t on t.id = ($1::uuid[])[1 + n % cardinality($1::uuid[])]
     returning id`,
    [tenants.map(({ tenantId }) => tenantId), count],
  )
  return rows.map(({ id }) => id)
}
