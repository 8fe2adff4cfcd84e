import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { givenEntries, signNow } from '#domain/audit/audit-testing.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/*
 * Whoever owns the database changes the audit log, in one of these ways, and nothing hides it. Entries 1 to 80 are signed,
 * those up to 100 are not: what the chain cannot show of these is said in docs/audit.md, and is not among the ways.
 */

const database = useTestDatabase()
const signer = useSigner()
const entries = 100
const signedEntries = 80
let here: WorkspaceContext
let there: WorkspaceContext

beforeAll(async () => {
  here = await givenTenant(database.db, await givenWorkspace(database.db))
  there = await givenTenant(database.db, await givenWorkspace(database.db))
  for (const ctx of [here, there]) {
    const hashes = { beforeHash: sha256('before'), afterHash: sha256('after') }
    await givenEntries(database.db, ctx, 40, hashes)
    await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, signedEntries - 40, hashes)
    await signNow(database.db, ctx, signer)
    await givenEntries(database.db, ctx, entries - signedEntries, hashes)
  }
  // Whoever owns a table may also drop what keeps it in order.
  await database.pool.query(`
    drop index audit_entries_by_seq;
    alter table audit_entries drop constraint audit_entries_pkey, drop constraint audit_entries_workspace_id_tenant_id_fkey;
    alter table audit_heads drop constraint audit_heads_check;
    create table kept_entries as table audit_entries;
    create table kept_heads as table audit_heads;
    create table kept_checkpoints as table audit_checkpoints`)
})

afterAll(() => database.pool.query('drop table kept_entries, kept_heads, kept_checkpoints'))

const untamper = `
  truncate audit_entries, audit_heads, audit_checkpoints;
  insert into audit_entries table kept_entries;
  insert into audit_heads table kept_heads;
  insert into audit_checkpoints table kept_checkpoints`

/** Verified at once, or in parts of so many entries. */
async function problems(limit: number): Promise<number> {
  const options = { keys: signer.keys(), limit }
  const reports = await Promise.all([here, there].map((ctx) => verifyChain(database.db, ctx, options)))
  return reports.reduce((sum, { problemCount }) => sum + problemCount, 0)
}

/** As whoever knows how it is done would: every hash again, from the first entry on, and the head. */
const chainAnew = () => `
  do $$ declare r record; h bytea := decode(repeat('00', 32), 'hex'); n bigint := 0; begin
    for r in select a as entry, a.ctid from audit_entries a where workspace_id = '${here.workspaceId}' order by seq loop
      h := sha256(h || convert_to(audit_canonical(r.entry), 'UTF8'));
      n := (r.entry).seq;
      update audit_entries set hash = h where ctid = r.ctid;
    end loop;
    update audit_heads set seq = n, hash = h where workspace_id = '${here.workspaceId}';
  end $$`

const changes = [
  `actor_name = actor_name || '.'`,
  `actor_kind = 'operator'`,
  'actor_id = gen_random_uuid()',
  `action = 'tenant.view'`,
  `outcome = 'failed'`,
  `subject_id = subject_id || ' '`,
  `subject_kind = 'policy'`,
  `at = at + interval '1 microsecond'`,
  `detail = detail || '{"m": 1}'`,
  `detail = '{}'`,
  'tenant_id = null',
  'run_id = gen_random_uuid()',
  `request_id = ''`,
  'before_hash = null',
  'before_hash = after_hash, after_hash = before_hash',
  'id = gen_random_uuid()',
  'hash = sha256(hash)',
  // Two fields that read the same one behind the other.
  `subject_kind = subject_kind || left(subject_id, 1), subject_id = substr(subject_id, 2)`,
]

const seqs = fc.integer({ min: 1, max: entries })
const inner = fc.integer({ min: 2, max: entries - 1 })
const signed = fc.integer({ min: 2, max: signedEntries - 1 })
const pair = fc.uniqueArray(seqs, { minLength: 2, maxLength: 2 })
const w = () => `workspace_id = '${here.workspaceId}'`
const v = () => `workspace_id = '${there.workspaceId}'`
const columns =
  'id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, before_hash, after_hash, detail, request_id'
const copyTo = (seq: string, hash = 'hash') =>
  `insert into audit_entries (workspace_id, ${columns}, seq, hash)
   select '${here.workspaceId}', gen_random_uuid(), ${columns.slice(4)}, ${seq}, ${hash} from audit_entries`

const ways: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'a field changed': fc
    .tuple(seqs, fc.constantFrom(...changes))
    .map(([seq, change]) => `update audit_entries set ${change} where ${w()} and seq = ${seq}`),
  'a field changed and its hash with it': signedOrNot(
    (seq, change) => `
    update audit_entries a set ${change} where ${w()} and seq = ${seq};
    update audit_entries a set hash = sha256((select p.hash from audit_entries p where p.${w()} and p.seq = a.seq - 1)
      || convert_to(audit_canonical(a), 'UTF8')) where ${w()} and seq = ${seq}`,
  ),
  'a field changed and the chain written anew': fc
    .tuple(signed, fc.constantFrom(...changes.filter((change) => !change.startsWith('hash'))))
    .map(([seq, change]) => `update audit_entries set ${change} where ${w()} and seq = ${seq}; ${chainAnew()}`),
  'one deleted': seqs.map((seq) => `delete from audit_entries where ${w()} and seq = ${seq}`),
  'some deleted': fc
    .tuple(seqs, fc.integer({ min: 1, max: 9 }))
    .map(([seq, n]) => `delete from audit_entries where ${w()} and seq between ${seq} and ${seq + n}`),
  'one deleted and the gap closed': inner.map(
    (seq) => `delete from audit_entries where ${w()} and seq = ${seq};
      update audit_entries set seq = seq - 1 where ${w()} and seq > ${seq}; update audit_heads set seq = seq - 1 where ${w()}`,
  ),
  'one deleted and the chain written anew': signed.map(
    (seq) => `delete from audit_entries where ${w()} and seq = ${seq};
      update audit_entries set seq = seq - 1 where ${w()} and seq > ${seq}; ${chainAnew()}`,
  ),
  'one put a second time': fc
    .tuple(seqs, seqs)
    .map(([from, to]) => `${copyTo(String(to))} where ${w()} and seq = ${from}`),
  'one put in between': inner.map(
    (seq) => `update audit_entries set seq = seq + 1 where ${w()} and seq >= ${seq};
      ${copyTo(String(seq))} where ${w()} and seq = ${seq - 1}; update audit_heads set seq = seq + 1 where ${w()}`,
  ),
  'one put at the end': seqs.map((seq) => `${copyTo(String(entries + 1))} where ${w()} and seq = ${seq}`),
  'one put at the end and the head with it': seqs.map(
    (seq) => `${copyTo(String(entries + 1))} where ${w()} and seq = ${seq};
      update audit_heads set seq = seq + 1, hash = (select hash from audit_entries where ${w()} and seq = ${entries + 1}) where ${w()}`,
  ),
  'one put before the first': seqs.map(
    (seq) => `alter table audit_entries drop constraint if exists audit_entries_seq_check;
      ${copyTo('0')} where ${w()} and seq = ${seq}`,
  ),
  'two in each other’s place': pair.map(
    ([a, b]) => `update audit_entries set seq = ${a} + ${b} - seq where ${w()} and seq in (${a}, ${b})`,
  ),
  'two exchanged with their hashes kept': pair.map(([a, b]) => {
    const taken = columns.split(', ').map((column) => `${column} = o.${column}`)
    return `update audit_entries a set ${taken.join(', ')} from kept_entries o
      where a.${w()} and o.${w()} and a.seq in (${a}, ${b}) and o.seq = ${a} + ${b} - a.seq`
  }),
  'one exchanged with another workspace': seqs.map(
    (seq) => `update audit_entries set workspace_id =
        case when ${w()} then '${there.workspaceId}' else '${here.workspaceId}' end::uuid
      where (${w()} or ${v()}) and seq = ${seq}`,
  ),
  'one moved into another workspace': seqs.map(
    (
      seq,
    ) => `update audit_entries set workspace_id = '${there.workspaceId}', seq = ${entries + 1} where ${w()} and seq = ${seq};
      update audit_heads set seq = seq + 1 where ${v()}`,
  ),
  'all of another workspace': fc.constant('').map(
    () => `delete from audit_entries where ${w()}; ${copyTo('seq')} where ${v()};
      update audit_heads set hash = (select hash from audit_heads where ${v()}) where ${w()}`,
  ),
  'the head changed': fc
    .constantFrom('seq = seq - 1', 'seq = seq + 1', 'hash = sha256(hash)', 'anchor_seq = 1', 'anchor_hash = hash')
    .map((change) => `update audit_heads set ${change} where ${w()}`),
  'the head deleted': fc.constant('').map(() => `delete from audit_heads where ${w()}`),
  'the tail cut': fc
    .integer({ min: 0, max: entries - 1 })
    .map((last) => `delete from audit_entries where ${w()} and seq > ${last}`),
  'the tail cut and the head with it': fc.integer({ min: 1, max: signedEntries - 1 }).map(
    (last) => `delete from audit_entries where ${w()} and seq > ${last};
      update audit_heads set seq = ${last}, hash = (select hash from audit_entries where ${w()} and seq = ${last}) where ${w()}`,
  ),
  'the front cut': fc
    .integer({ min: 1, max: entries })
    .map((last) => `delete from audit_entries where ${w()} and seq <= ${last}`),
  'the front cut and the anchor with it': fc.integer({ min: 1, max: entries }).map(
    (last) => `update audit_heads set anchor_seq = ${last},
        anchor_hash = (select hash from audit_entries where ${w()} and seq = ${last}) where ${w()};
      delete from audit_entries where ${w()} and seq <= ${last}`,
  ),
  'a checkpoint changed': fc
    .constantFrom(
      'hash = sha256(hash)',
      'seq = seq - 1',
      `at = at - interval '1 hour'`,
      `kind = 'front'`,
      'signature = sha256(signature) || sha256(hash)',
      `key_id = reverse(key_id) || 'x'`,
    )
    .map((change) => `update audit_checkpoints set ${change} where ${w()} and seq = ${signedEntries}`),
  'the front cut where a head was signed': fc.tuple(fc.constantFrom(40, signedEntries), fc.boolean()).map(
    ([last, isCopied]) => `update audit_heads set anchor_seq = ${last},
        anchor_hash = (select hash from audit_entries where ${w()} and seq = ${last}) where ${w()};
      delete from audit_entries where ${w()} and seq <= ${last};
      insert into audit_checkpoints (workspace_id, kind, seq, hash, at, key_id, signature)
      select workspace_id, 'front', seq, hash, at, key_id, signature from audit_checkpoints
      where ${w()} and seq = ${last} and ${isCopied}`,
  ),
}

function signedOrNot(statements: (seq: number, change: string) => string): fc.Arbitrary<string> {
  const others = changes.filter((change) => !change.startsWith('hash'))
  return fc.tuple(inner, fc.constantFrom(...others)).map(([seq, change]) => statements(seq, change))
}

test('1,000 tamperings of every kind are found, and without one nothing is', async () => {
  const whole = 1_000
  expect(await problems(whole)).toBe(0)
  const names = Object.keys(ways)
  const each = Math.ceil(1_000 / names.length)
  const missed: string[] = []
  let tried = 0
  for (const name of names) {
    for (const statements of fc.sample(ways[name] ?? fc.constant(''), { numRuns: each, seed: 20_261_129 })) {
      await database.pool.query(statements)
      tried += 1
      // Where one part ends and the next begins nothing hides, either: another place each time.
      for (const limit of [whole, 5 + (tried % 13)])
        if ((await problems(limit)) === 0) missed.push(`${name}, ${limit} at once: ${statements}`)
      await database.pool.query(untamper)
    }
    expect([name, await problems(whole)]).toEqual([name, 0])
  }
  expect(missed).toEqual([])
  expect(tried).toBeGreaterThanOrEqual(1_000)
}, 300_000)
