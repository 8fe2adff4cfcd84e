/**
 * How fast a chain of audit entries is verified, through the verb that `tenantatlas audit verify` calls.
 * Run: `npm run bench:audit -- --json`; `-- --entries 1000000` for more than the usual 100,000.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signHeads } from '#domain/audit/sign-heads.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { createSigner, readSigningKeys } from '#foundation/crypto/sign.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createLog } from '#foundation/observability/log.ts'
import { columnsOf, reportVerdict } from '../tools/check.ts'
import { startDurablePostgres } from './durable-postgres.ts'

const { values } = parseArgs({ options: { entries: { type: 'string', default: '100000' }, json: { type: 'boolean' } } })
const wanted = Number(values.entries)
const goal = 50_000
const rounds = 3
const atOnce = 5_000

// What the end of a run leaves: the usual entry.
const appendMany = `
  select chain_audit($1, null, array_agg(row(gen_random_uuid(), $2, 'user', $3, 'Ada Moreau', 'run.completed', 'run',
    gen_random_uuid()::text, null, 'succeeded', sha256(n::text::bytea), sha256(n::text::bytea), null,
    jsonb_build_object('type', 'inventory.sync', 'attempts', 1, 'counts', jsonb_build_object('total', n)))::new_audit_entry))
  from generate_series(1, $4::int) n`

await using stack = new AsyncDisposableStack()
const log = createLog({ level: 'fatal', pretty: true })
const server = stack.use(await startDurablePostgres(log))
await migrate({ url: server.url })
const open = (role: 'worker' | 'login') =>
  stack.use(openDatabase({ url: server.url, role, poolSize: 2, applicationName: 'bench audit', log }))
const [{ db }, owner] = [open('worker'), open('login')]
const keysFolder = await mkdtemp(join(tmpdir(), 'tenantatlas-bench-'))
stack.defer(() => rm(keysFolder, { recursive: true, force: true }))
const files = { keyFile: join(keysFolder, 'audit.key'), publicKeyFile: join(keysFolder, 'audit.pub') }
const signer = createSigner(files)

const ctx = await givenTenant(db, await givenWorkspace(db))
const actorId = ctx.actor.kind === 'user' ? ctx.actor.userId : null
const writeBeganAt = performance.now()
for (let left = wanted; left > 0; left -= atOnce) {
  await owner.pool.query(appendMany, [ctx.workspaceId, ctx.tenantId, actorId, Math.min(left, atOnce)])
  await signHeads({ db, signer, log, signal: new AbortController().signal })
}
const written = wanted / seconds(writeBeganAt)

const rates: number[] = []
let peakRssBytes = 0
for (let round = 0; round < rounds; round += 1) {
  const beganAt = performance.now()
  const onPart = () => (peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss()))
  const report = await verifyChain(db, ctx, { keys: readSigningKeys([files.publicKeyFile]), onPart })
  if (report.entries !== wanted || report.problemCount > 0)
    throw new Error('the chain that was just written is not whole')
  rates.push(wanted / seconds(beganAt))
}
const perSecond = rates.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN

const words = (value: number) => Math.round(value).toLocaleString('en-US')
console.log(
  columnsOf([
    ['entries', 'verified a second', 'chained a second, 5,000 at once', 'peak MB'],
    [words(wanted), words(perSecond), words(written), words(peakRssBytes / 2 ** 20)],
  ]),
)
reportVerdict(
  [
    {
      name: `audit verification, entries a second over ${words(wanted)}`,
      ok: perSecond >= goal && wanted >= 100_000,
      value: Math.round(perSecond),
      goal: `>= ${goal}`,
    },
  ],
  { json: values.json === true, also: { entries: wanted, rates, written, peakRssBytes } },
)

function seconds(beganAt: number): number {
  return (performance.now() - beganAt) / 1_000
}
