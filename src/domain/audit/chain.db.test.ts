import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { givenEntries } from '#domain/audit/audit-testing.ts'
import { canonicalEntry } from '#domain/audit/canonical-entry.ts'
import { entriesAfter } from '#domain/audit/chain.store.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { claimAll, givenQueued } from '#domain/operations/operations-testing.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { beforeCommit, inWorkspace, sqlState } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
const signer = useSigner()
const entry = { action: 'tenant.rename', subject: { kind: 'tenant', id: 'x' }, outcome: 'succeeded' }

function seqsOf({ workspaceId }: WorkspaceContext): Promise<number[]> {
  const rows = database.owner.selectFrom('audit_entries').select('seq').where('workspace_id', '=', workspaceId)
  return rows
    .orderBy('seq')
    .execute()
    .then((all) => all.map(({ seq }) => seq))
}

const oneTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
const verified = (ctx: WorkspaceContext) => verifyChain(database.db, ctx, { keys: signer.keys() })

describe('the chain of a workspace', () => {
  test('has no gap when acts come in parallel, each in the order it was committed', async () => {
    const [here, there] = [await givenWorkspace(database.db), await givenWorkspace(database.db)]
    await using other = database.openAnother({ poolSize: 8 })
    await Promise.all(
      oneTo(60).map((n) => givenEntries(n % 2 === 0 ? database.db : other.db, n % 3 === 0 ? there : here, 5)),
    )
    expect(await seqsOf(here)).toEqual(oneTo(200))
    expect(await seqsOf(there)).toEqual(oneTo(100))
    expect(await verified(here)).toMatchObject({ entries: 200, problems: [] })
    expect(await verified(there)).toMatchObject({ entries: 100, problems: [] })
  })

  test('has no gap where an act was taken back', async () => {
    const ctx = await givenWorkspace(database.db)
    const takenBack = async () =>
      inWorkspace(database.db, ctx, async (tx) => {
        await recordAudit(tx, ctx, entry)
        // Behind the entry, which is written by then.
        beforeCommit(tx, () => Promise.reject(new Error('taken back')))
      })
    const acts = oneTo(20).map((n) => (n % 2 === 0 ? givenEntries(database.db, ctx, 1) : takenBack()))
    const settled = await Promise.allSettled(acts)
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(10)
    expect(await seqsOf(ctx)).toEqual(oneTo(10))
  })

  test('keeps the entries of one transaction in their order', async () => {
    const ctx = await givenWorkspace(database.db)
    await inWorkspace(database.db, ctx, async (tx) => {
      for (const action of ['first', 'second', 'third']) await recordAudit(tx, ctx, { ...entry, action })
    })
    const rows = database.owner.selectFrom('audit_entries').select(['seq', 'action']).orderBy('seq')
    expect(await rows.where('workspace_id', '=', ctx.workspaceId).execute()).toEqual([
      { seq: 1, action: 'first' },
      { seq: 2, action: 'second' },
      { seq: 3, action: 'third' },
    ])
  })

  test('takes the ends of runs with what people do, however they come together', async () => {
    const workspaces = await Promise.all([givenWorkspace(database.db), givenWorkspace(database.db)])
    const tenants = await Promise.all(
      oneTo(24).map((n) => givenTenant(database.db, workspaces[n % 2] ?? workspaces[0])),
    )
    const runs = await Promise.all(
      tenants.map(async (tenant, n) => {
        const runId: RunId = await givenQueued(database.db, tenant, { identity: sha256(String(n)) })
        return { tenant, runId }
      }),
    )
    const cancelled = runs.slice(0, 8).map(({ tenant, runId }) => cancelRun(database.db, tenant, runId))
    await Promise.all(cancelled)
    const claims = await claimAll(database.db, await takeLease(database.db, 60_000))
    const ending = { kind: 'finish', verdict: 'returned', result: {} } as const
    const ended = claims.map((claim) => endRun(database.db, claim, ending, new AbortController().signal))
    await Promise.all([...ended, ...workspaces.map((ctx) => givenEntries(database.db, ctx, 10))])
    expect(claims).toHaveLength(16)
    for (const ctx of workspaces) {
      // 12 runs ended, 4 of them cancelled by somebody, and 10 acts.
      expect(await verified(ctx)).toMatchObject({ entries: 26, problems: [] })
    }
  })
})

describe('canonicalEntry()', () => {
  test('says what the database hashes, whatever stands in an entry', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const odd = ['', '-', '3:abc', 'Größe "ß" \\ \n\t', '🦊‮', "'; drop table x; --", 'a'.repeat(5_000)]
    for (const [n, text] of odd.entries()) {
      const detail = { text, [text]: [n, n / 3, 1e21, -0, null, true, { ü: 'ü' }] }
      const runId: RunId = newId()
      const scope = n % 2 === 0 ? ctx : actingAs(ctx, { kind: 'system', name: text }).withRequestId(text)
      const some = { ...entry, subject: { kind: text, id: text }, detail, ...(n > 2 && { runId }) }
      await inWorkspace(database.db, ctx, (tx) =>
        recordAudit(tx, scope, { ...some, ...(n > 3 && { beforeHash: sha256(text), afterHash: sha256('') }) }),
      )
    }
    const { rows } = await sql<{ text: string }>`
      select audit_canonical(a) as text from audit_entries a where workspace_id = ${ctx.workspaceId} order by seq`.execute(
      database.owner,
    )
    const stored = await inWorkspace(database.db, ctx, (tx) => entriesAfter(tx, ctx, { after: null, limit: 100 }))
    const ours = stored.rows.map(canonicalEntry)
    expect(ours).toEqual(rows.map(({ text }) => text))
    expect(ours).toHaveLength(odd.length)
    expect(await verified(ctx)).toMatchObject({ problems: [] })
  })
})

describe('whoever works for the product', () => {
  test.each(['api', 'worker'] as const)('cannot write or change the log beside the chain, as %s', async (role) => {
    const ctx = await givenWorkspace(database.db)
    const other = await givenWorkspace(database.db)
    await givenEntries(database.db, ctx, 1)
    await using product = database.openAnother({ role, poolSize: 1 })
    const attempts = [
      `insert into audit_entries select (a).* from audit_entries a`,
      `update audit_entries set outcome = 'failed'`,
      `update audit_heads set seq = 7`,
      `insert into audit_heads (workspace_id) values ('${other.workspaceId}')`,
      `update audit_checkpoints set seq = 7`,
      'delete from audit_checkpoints',
      `select chain_audit('${ctx.workspaceId}', null, '{}')`,
      `select append_audit('${other.workspaceId}', null, '{}')`,
      `select append_audit('${ctx.workspaceId}', now() - interval '1 second', '{}')`,
      `select append_audit('${ctx.workspaceId}', now() + interval '1 hour', '{}')`,
    ]
    for (const attempt of attempts) {
      const code = await inWorkspace(product.db, ctx, (tx) => sql.raw(attempt).execute(tx)).then(() => 'done', sqlState)
      expect([attempt, code]).toEqual([attempt, '42501'])
    }
    expect(await verified(ctx)).toMatchObject({ entries: 1, problems: [] })
  })
})
