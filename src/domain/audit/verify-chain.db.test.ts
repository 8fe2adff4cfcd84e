import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { givenEntries, signNow } from '#domain/audit/audit-testing.ts'
import { removeOldEntries } from '#domain/audit/remove-old-entries.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { verifyPart } from '#domain/audit/verify-part.ts'
import { readSigningKeys } from '#foundation/crypto/sign.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
const signer = useSigner()
let ctx: WorkspaceContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
})

const verified = (options: Partial<Parameters<typeof verifyChain>[2]> = {}) =>
  verifyChain(database.db, ctx, { keys: signer.keys(), ...options })

/** Entries of so many days ago, the oldest first. */
async function givenOld(...days: readonly number[]): Promise<void> {
  for (const ago of days)
    await sql`
      select chain_audit(${ctx.workspaceId}, clock_timestamp() - make_interval(days => ${ago}), array[row(${newId()}, null,
        'system', null, 'test', 'test.act', 'run', 'x', null, 'succeeded', null, null, null, '{}')::new_audit_entry])
    `.execute(database.owner)
}

const prune = (limit = 1_000) =>
  inWorkspace(database.db, ctx, (tx) => removeOldEntries(tx, ctx, { signer, days: 730, limit }))

const cutTail = (last: number) =>
  sql`
    with cut as (delete from audit_entries where workspace_id = ${ctx.workspaceId} and seq > ${last})
    update audit_heads h set seq = ${last}, hash = (
      select hash from audit_entries where workspace_id = ${ctx.workspaceId} and seq = ${last})
    where h.workspace_id = ${ctx.workspaceId}`.execute(database.owner)

describe('verifyChain()', () => {
  test('says how much there is, and how far it was signed', async () => {
    await givenEntries(database.db, ctx, 3)
    const { at } = await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, 2)
    expect(await verified()).toEqual({
      entries: 5,
      firstSeq: 1,
      lastSeq: 5,
      removedUpTo: 0,
      checkpoints: { checked: 1, newest: { seq: 3, at } },
      problems: [],
      problemCount: 0,
    })
  })

  test('says in words what is wrong, and where', async () => {
    await givenEntries(database.db, ctx, 6)
    await sql`update audit_entries set actor_name = 'Nobody' where workspace_id = ${ctx.workspaceId} and seq = 2`.execute(
      database.owner,
    )
    await sql`delete from audit_entries where workspace_id = ${ctx.workspaceId} and seq in (4, 5)`.execute(
      database.owner,
    )
    expect((await verified()).problems).toEqual([
      {
        kind: 'changed',
        seq: 2,
        message: 'Entry 2 is not what was written: it was changed, moved or put there.',
      },
      { kind: 'missing', seq: 4, message: 'Entries 4 to 5 are missing.' },
    ])
  })

  test('finds a tail that was cut with its head by what was signed', async () => {
    await givenEntries(database.db, ctx, 5)
    const { at } = await signNow(database.db, ctx, signer)
    await cutTail(3)
    expect((await verified()).problems).toEqual([
      {
        kind: 'cut',
        seq: 4,
        message: `Entries 4 to 5 are cut off: entry 5 was there when it was signed at ${at}.`,
      },
    ])
  })

  test('finds by a checkpoint kept elsewhere what whoever removed the others could hide', async () => {
    await givenEntries(database.db, ctx, 5)
    const checkpoint = await signNow(database.db, ctx, signer)
    await cutTail(3)
    await sql`delete from audit_checkpoints where workspace_id = ${ctx.workspaceId}`.execute(database.owner)
    expect((await verified()).problems).toEqual([])
    const kept = [checkpoint]
    expect((await verified({ kept })).problems).toMatchObject([{ kind: 'cut', seq: 4 }])
    const changed = kept.map((one) => ({ ...one, seq: 3 }))
    expect((await verified({ kept: changed })).problems).toMatchObject([{ kind: 'checkpoint', seq: 3 }])
  })

  test('says when a checkpoint cannot be checked, because the public key is not here', async () => {
    await givenEntries(database.db, ctx, 1)
    const { keyId, at } = await signNow(database.db, ctx, signer)
    const { problems } = await verified({ keys: readSigningKeys([]) })
    expect(problems.map(({ message }) => message)).toEqual([
      `The checkpoint at entry 1 of ${at} cannot be checked: the public key ${keyId} is not here.`,
    ])
  })

  test('finds the same in parts of any size as at once', async () => {
    await givenOld(900, 800, 700, 20)
    await givenEntries(database.db, ctx, 4)
    await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, 2)
    await prune()
    const change = (text: string) => sql.raw(text.replace('OURS', `'${ctx.workspaceId}'`)).execute(database.owner)
    await change(`update audit_entries set outcome = 'failed' where workspace_id = OURS and seq = 4`)
    await change('delete from audit_entries where workspace_id = OURS and seq in (5, 6)')
    await change(`update audit_checkpoints set hash = sha256('x') where workspace_id = OURS and kind = 'front'`)
    const whole = await verified()
    expect(whole.problems.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'checkpoint', 'front', 'missing'])
    const problems = expect.arrayContaining([...whole.problems])
    for (const limit of [1, 2, 3, 5]) expect(await verified({ limit })).toEqual({ ...whole, problems })
  })

  test('goes on behind what retention has removed between two parts', async () => {
    await givenOld(900, 800, 740, 735, 20, 10)
    const keys = signer.keys()
    const first = await verifyPart(database.db, ctx, { keys, limit: 1 })
    expect(first).toMatchObject({ entries: 1, total: 6, problemCount: 0, nextCursor: expect.any(String) })
    expect(await prune()).toBe(4)
    const rest = await verifyPart(database.db, ctx, { keys, cursor: first.nextCursor ?? '' })
    expect(rest).toMatchObject({ entries: 2, firstSeq: 5, removedUpTo: 4, problems: [], nextCursor: null })
    await sql`delete from audit_checkpoints where workspace_id = ${ctx.workspaceId}`.execute(database.owner)
    const unsigned = await verifyPart(database.db, ctx, { keys, cursor: first.nextCursor ?? '' })
    expect(unsigned.problems).toMatchObject([{ kind: 'front', seq: 4 }])
  })
})

describe('removeOldEntries()', () => {
  test('leaves a chain that is whole, batch by batch, and says how much is gone', async () => {
    await givenOld(900, 800, 740, 735, 731, 20, 10)
    expect(await prune(2)).toBe(2)
    expect(await verified()).toMatchObject({ entries: 5, firstSeq: 3, removedUpTo: 2, problems: [] })
    expect(await prune()).toBe(3)
    expect(await prune()).toBe(0)
    await givenEntries(database.db, ctx, 1)
    expect(await verified()).toMatchObject({ entries: 3, firstSeq: 6, lastSeq: 8, removedUpTo: 5, problems: [] })
  })

  test('removes no entry behind a younger one: only the front goes', async () => {
    await givenOld(900, 20, 800)
    expect(await prune()).toBe(1)
    expect(await verified()).toMatchObject({ entries: 2, problems: [] })
  })

  test('may remove all there is, and the chain goes on', async () => {
    await givenOld(900, 800)
    expect(await prune()).toBe(2)
    expect(await verified()).toMatchObject({ entries: 0, firstSeq: null, lastSeq: null, problems: [] })
    await givenEntries(database.db, ctx, 2)
    expect(await verified()).toMatchObject({ entries: 2, firstSeq: 3, problems: [] })
  })

  test('leaves nothing signed when its transaction is taken back', async () => {
    await givenOld(900)
    const act = inWorkspace(database.db, ctx, async (tx) => {
      await removeOldEntries(tx, ctx, { signer, days: 730, limit: 10 })
      throw new Error('taken back')
    })
    await expect(act).rejects.toThrow('taken back')
    expect(await verified()).toMatchObject({ entries: 1, checkpoints: { checked: 0 }, problems: [] })
  })
})
