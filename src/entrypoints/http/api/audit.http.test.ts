import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { givenEntries, signNow } from '#domain/audit/audit-testing.ts'
import { joinReports } from '#contract/audit-report.ts'
import type { ChainReport } from '#domain/audit/chain-report.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const signer = useSigner()
let ctx: WorkspaceContext
let token: string
let at: string

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
  token = (await givenPerson(database.db, { ctx, role: 'manager' })).token
  at = `/api/v1/workspaces/${slugOfTest(ctx)}/audit`
})

type Part = ChainReport & { readonly total: number; readonly nextCursor: string | null }

const ask = (method: string, path: string, body?: object, auditKeys = () => signer.keys()) =>
  givenApp(database.api, { auditKeys })(method, `${at}${path}`, { token, ...(body && { body }) })

/** All parts added up, as a client does. */
async function verified(query: string): Promise<ChainReport> {
  let sum: ChainReport | undefined
  for (let cursor = ''; ;) {
    const { status, body } = await ask('GET', `/verification?${query}${cursor}`)
    expect(status).toBe(200)
    const { nextCursor, total: _total, ...part } = body as Part
    sum = sum === undefined ? part : joinReports(sum, part)
    if (nextCursor === null) return sum
    cursor = `&cursor=${nextCursor}`
  }
}

const tamper = (text: string) => sql.raw(text.replace('OURS', `'${ctx.workspaceId}'`)).execute(database.owner)
const publicKey = async () => (await readFile(signer.files.publicKeyFile, 'utf8')).replaceAll(/-----[^-]+-----|\s/g, '')

describe('GET audit/verification', () => {
  test('says the same part by part as is said at once, of a log that is whole and of one that is not', async () => {
    await givenEntries(database.db, ctx, 4)
    await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, 3)
    const whole = await verified('limit=2')
    expect(whole).toMatchObject({ entries: 7, firstSeq: 1, lastSeq: 7, checkpoints: { checked: 1 }, problemCount: 0 })
    await tamper(`update audit_entries set actor_name = 'Nobody' where workspace_id = OURS and seq = 3`)
    await tamper('delete from audit_entries where workspace_id = OURS and seq = 6')
    const parts = await verified('limit=2')
    expect(parts.problems.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['changed', 3],
      ['missing', 6],
    ])
    expect(parts).toEqual(await verifyChain(database.db, ctx, { keys: signer.keys() }))
  })

  test('tells how much there is, reads no more than asked for, and refuses cursors that no part gave', async () => {
    await givenEntries(database.db, ctx, 3)
    expect((await ask('GET', '/verification?limit=1')).body).toMatchObject({ entries: 1, total: 3 })
    for (const query of ['cursor=nonsense', 'cursor=W10', 'limit=5001', 'limit=0', 'publicKey=nonsense'])
      expect(await ask('GET', `/verification?${query}`)).toMatchObject({
        status: 400,
        body: { reason: 'invalid_input' },
      })
  })

  test('checks signatures by the keys that are given, else by those of the host', async () => {
    await givenEntries(database.db, ctx, 1)
    await signNow(database.db, ctx, signer)
    const none = () => ({ has: () => false, verify: () => false })
    expect((await ask('GET', '/verification', undefined, none)).body).toMatchObject({
      problems: [{ kind: 'checkpoint', seq: 1 }],
      checkpoints: { checked: 1, newest: null },
    })
    const query = `publicKey=${encodeURIComponent(await publicKey())}`
    expect((await ask('GET', `/verification?${query}`, undefined, none)).body).toMatchObject({
      problems: [],
      checkpoints: { checked: 1, newest: { seq: 1 } },
    })
  })

  test('is for whoever may see the audit log', async () => {
    const { token: operator } = await givenPerson(database.db, { ctx, role: 'operator' })
    const app = givenApp(database.api)
    expect(await app('GET', `${at}/verification`, { token: operator })).toMatchObject({ status: 403 })
  })
})

describe('POST audit/kept-checkpoints', () => {
  test('finds what was cut off or written anew by what was kept elsewhere', async () => {
    await givenEntries(database.db, ctx, 2)
    const early = await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, 2)
    const late = await signNow(database.db, ctx, signer)
    const checkpoints = [early, late]
    expect((await ask('GET', '/checkpoints')).body).toEqual({ items: checkpoints })
    const body = { checkpoints, publicKeys: [await publicKey()] }
    const newest = { seq: late.seq, at: late.at }
    expect(await ask('POST', '/kept-checkpoints', body)).toMatchObject({
      status: 200,
      body: { checked: 2, newest, problems: [], problemCount: 0 },
    })
    await tamper('delete from audit_checkpoints where workspace_id = OURS')
    await tamper('delete from audit_entries where workspace_id = OURS and seq > 2')
    await tamper(`update audit_entries set hash = sha256('x') where workspace_id = OURS and seq = 2`)
    await tamper(`update audit_heads set seq = 2, hash = sha256('x') where workspace_id = OURS`)
    const { body: found } = await ask('POST', '/kept-checkpoints', { checkpoints })
    expect(found).toMatchObject({
      problems: [
        { kind: 'rewritten', seq: 2 },
        { kind: 'cut', seq: 3 },
      ],
      problemCount: 2,
    })
  })

  test('says which are forged or of a key that is not there, and leaves those of other workspaces aside', async () => {
    await givenEntries(database.db, ctx, 2)
    const kept = await signNow(database.db, ctx, signer)
    const forged = { ...kept, seq: 1 }
    const unknown = { ...kept, keyId: '0123456789abcdef' }
    const foreign = { ...kept, workspaceId: crypto.randomUUID() }
    const { body } = await ask('POST', '/kept-checkpoints', { checkpoints: [forged, unknown, foreign] })
    expect(body).toMatchObject({
      checked: 2,
      newest: null,
      problems: [
        { kind: 'checkpoint', seq: 1, message: expect.stringContaining('it was changed') },
        { kind: 'checkpoint', seq: 2, message: expect.stringContaining('is not here') },
      ],
    })
    expect(await ask('POST', '/kept-checkpoints', { checkpoints: [] })).toMatchObject({ status: 400 })
  })
})
