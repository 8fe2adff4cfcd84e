/**
 * The front of the product as a program of its own: each line is a start (many times at once, when it says so), each
 * answer a line. What its environment says in TENANTATLAS_FAILPOINT happens to it.
 */
import { argv } from 'node:process'
import { createInterface } from 'node:readline'
import type { InputOf, OperationType } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { Actor, TenantPlace } from '#foundation/kernel/context.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { logToFile } from '#foundation/observability/log-to-file-testing.ts'

export interface StarterSettings {
  readonly databaseUrl: string
  readonly logFile: string
}

export interface Start {
  readonly actor: Actor
  readonly tenant: TenantPlace
  readonly type: OperationType
  readonly input: InputOf<OperationType>
  readonly times: number
}

/** What a start was answered with; `refused` by a sentence where it was. */
export type Started = EnsuredRun | { readonly disposition: 'refused'; readonly says: string }

const { databaseUrl, logFile } = JSON.parse(argv[2] ?? '') as StarterSettings
const log = logToFile(logFile)
await using database = openDatabase({
  url: databaseUrl,
  role: 'api',
  poolSize: 10,
  applicationName: 'fault matrix starter',
  log,
})

async function start({ actor, tenant, type, input }: Start): Promise<Started> {
  try {
    const ctx = givenContext(tenant.workspaceId, actor).inTenant(tenant)
    return await startRun(database.db, ctx, { type, input, trigger: 'user' })
  } catch (error) {
    return { disposition: 'refused', says: error instanceof Error ? error.message : String(error) }
  }
}

process.once('SIGTERM', () => process.stdin.destroy())
process.stdout.write('ready\n')
for await (const line of createInterface(process.stdin)) {
  const order = JSON.parse(line) as Start
  const answers = await Promise.all(Array.from({ length: order.times }, () => start(order)))
  process.stdout.write(`${JSON.stringify(answers)}\n`)
}
