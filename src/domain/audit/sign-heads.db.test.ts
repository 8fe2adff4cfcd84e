import { sql } from 'kysely'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { givenEntries } from '#domain/audit/audit-testing.ts'
import { readCheckpoints } from '#entrypoints/cli/audit/read-checkpoints.ts'
import { signHeads } from '#domain/audit/sign-heads.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { logOptions } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const signer = useSigner()
let ctx: WorkspaceContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
})

/** Signs what is due; what the log says of it. */
async function sign(): Promise<string> {
  let logged = ''
  const log = pino(logOptions('info'), { write: (line: string) => (logged += line) })
  await signHeads({ db: database.db, signer, log, signal: new AbortController().signal })
  return logged
}

async function signedSeqs(): Promise<number[]> {
  const rows = database.owner.selectFrom('audit_checkpoints').select('seq').orderBy('seq')
  return (await rows.where('workspace_id', '=', ctx.workspaceId).execute()).map(({ seq }) => seq)
}

/** As if the newest checkpoint were older: the signature does not matter here. */
const later = (minutes: number) =>
  sql`update audit_checkpoints set at = at - make_interval(mins => ${minutes}) where workspace_id = ${ctx.workspaceId}`.execute(
    database.owner,
  )

async function givenMany(count: number): Promise<void> {
  await sql`
    select chain_audit(${ctx.workspaceId}, null, array_agg(row(gen_random_uuid(), null, 'system', null, 'test', 'test.act', 'run',
      'x', null, 'succeeded', null, null, null, '{}')::new_audit_entry)) from generate_series(1, ${count}::int)`.execute(
    database.owner,
  )
}

describe('signHeads()', () => {
  test('signs a head, puts the whole checkpoint into the log, and it verifies', async () => {
    await givenEntries(database.db, ctx, 2)
    const [checkpoint] = readCheckpoints(await sign(), 'the log').filter(
      ({ workspaceId }) => workspaceId === ctx.workspaceId,
    )
    expect(checkpoint).toMatchObject({ kind: 'head', seq: 2 })
    expect(await verifyChain(database.db, ctx, { keys: signer.keys() })).toMatchObject({
      checkpoints: { checked: 1, newest: { seq: 2, at: checkpoint?.at } },
      problems: [],
    })
  })

  test('signs again after an hour with something new, and not before', async () => {
    await givenEntries(database.db, ctx, 1)
    await sign()
    await later(59)
    await givenEntries(database.db, ctx, 1)
    await sign()
    expect(await signedSeqs()).toEqual([1])
    await later(2)
    await sign()
    expect(await signedSeqs()).toEqual([1, 2])
    await later(120)
    expect(await sign()).not.toContain(ctx.workspaceId)
  })

  test('signs at once after a thousand entries', async () => {
    await givenEntries(database.db, ctx, 1)
    await sign()
    await givenMany(999)
    await sign()
    expect(await signedSeqs()).toEqual([1])
    await givenMany(1)
    await sign()
    expect(await signedSeqs()).toEqual([1, 1_001])
  })

  test('signs a place once, however many look', async () => {
    await givenEntries(database.db, ctx, 1)
    const logs = await Promise.all([sign(), sign(), sign(), sign()])
    expect(logs.join('').split(ctx.workspaceId)).toHaveLength(2)
    expect(await signedSeqs()).toEqual([1])
  })
})
