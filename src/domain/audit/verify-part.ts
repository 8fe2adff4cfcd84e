/**
 * Verifies a chain part by part, so that no request or transaction is held by however many entries there are: each part
 * begins with the hash the one before ended with. What is added meanwhile is the last part's; what retention removes
 * meanwhile is passed over up to the new anchor.
 */
import { ChainCheck, type ChainPosition } from '#domain/audit/check-chain.ts'
import { unsigned } from '#domain/audit/chain-problems.ts'
import type { ChainReport, SignedPlace } from '#domain/audit/chain-report.ts'
import { chainEnds, checkpointsOf, entriesAfter, type ChainEnds, type ChainPlace } from '#domain/audit/chain.store.ts'
import { hashBytes } from '#domain/audit/canonical-entry.ts'
import { checkSignature, type Checkpoint } from '#domain/audit/checkpoint.ts'
import { upToWhole } from '#domain/audit/up-to-whole.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'

export interface PartReport extends ChainReport {
  /** How many entries the chain says it has now. */
  readonly total: number
  /** Give it as `cursor` to verify the next part; null when this was the last one. */
  readonly nextCursor: string | null
}

export interface PartOptions {
  /** By which checkpoints are checked. */
  readonly keys: SigningKeys
  readonly cursor?: string | undefined
  /** Entries of a part; default and most: 5,000. */
  readonly limit?: number | undefined
}

export const mostOfAPart = 5_000
const checkpointsOfAPart = 1_000

/**
 * Computes the hashes of one part of the chain again and says everything that is wrong with it. Reads it as it was at one
 * moment and decides by itself: the database only hands out rows.
 * @throws Failure `invalid_input` for a cursor that no part gave
 */
export async function verifyPart(db: Database, ctx: WorkspaceContext, options: PartOptions): Promise<PartReport> {
  const from = options.cursor === undefined ? undefined : readPlace(options.cursor)
  return inWorkspace(db, ctx, (tx) => verifyIn(tx, ctx, { ...options, from }), { isolation: 'repeatable read' })
}

interface PartPlace extends ChainPosition {
  /** Everything up to this number was looked at. */
  readonly after: number
}

async function verifyIn(
  tx: Tx,
  ctx: WorkspaceContext,
  { keys, limit = mostOfAPart, from }: PartOptions & { readonly from: PartPlace | undefined },
): Promise<PartReport> {
  const ends = await chainEnds(tx, ctx)
  const { anchor, head } = ends ?? noEnds
  const { entries, checkpoints, upTo } = await rowsOf(tx, ctx, { after: from?.after ?? null, limit })
  const signed = checkpoints.map((checkpoint) => ({ checkpoint, state: checkSignature(keys, checkpoint) }))
  const valid = signed.flatMap(({ checkpoint, state }) => (state === 'valid' ? [checkpoint] : []))
  const check = new ChainCheck({ anchor }, { signed: valid, from })
  for (const { checkpoint, state } of signed) if (state !== 'valid') check.report(unsigned(checkpoint, state))
  for (const entry of entries) check.add(entry)
  if (liesIn(anchor, { from, upTo })) check.checkFront()
  if (upTo === null) check.end(ends?.head)
  return {
    ...check.result(),
    removedUpTo: anchor.seq,
    checkpoints: { checked: signed.length, newest: newestOf(valid) },
    total: head.seq - anchor.seq,
    nextCursor: upTo === null ? null : writePlace({ after: upTo, ...check.position }),
  }
}

function liesIn(
  { seq }: ChainPlace,
  { from, upTo }: { readonly from: PartPlace | undefined; readonly upTo: number | null },
): boolean {
  return seq > (from?.after ?? 0) && (upTo === null || seq <= upTo)
}

/** The entries of a part and what was signed of them, as far as both are whole; `upTo` null: to the end. */
async function rowsOf(tx: Tx, ctx: WorkspaceContext, { after, limit }: { after: number | null; limit: number }) {
  const entries = await entriesAfter(tx, ctx, { after, limit })
  const most = checkpointsOfAPart
  const checkpoints = upToWhole(await checkpointsOf(tx, ctx, { after, limit: most + 1 }), most)
  const ends = [entries.upTo, checkpoints.upTo].filter((seq) => seq !== null)
  const upTo = ends.length === 0 ? null : Math.min(...ends)
  const isOfPart = ({ seq }: { readonly seq: number }) => upTo === null || seq <= upTo
  return { entries: entries.rows.filter(isOfPart), checkpoints: checkpoints.rows.filter(isOfPart), upTo }
}

/** The newest head that was signed among them. */
export function newestOf(signed: readonly Checkpoint[]): SignedPlace | null {
  const heads = signed.filter(({ kind }) => kind === 'head').toSorted((a, b) => a.seq - b.seq)
  const newest = heads.at(-1)
  return newest === undefined ? null : { seq: newest.seq, at: newest.at }
}

const none = { seq: 0, hash: Buffer.alloc(hashBytes) }
const noEnds: ChainEnds = { anchor: none, head: none }

function writePlace({ after, expected, previous }: PartPlace): string {
  return writeColumns([after, expected, previous.toString('hex')])
}

function readPlace(cursor: string): PartPlace {
  const [after, expected, previous] = readColumns(cursor)
  const isHash = typeof previous === 'string' && /^[0-9a-f]{64}$/.test(previous)
  if (!isSeq(after) || !isSeq(expected) || !isHash) throw notACursor()
  return { after, expected, previous: Buffer.from(previous, 'hex') }
}

function isSeq(column: unknown): column is number {
  return typeof column === 'number' && Number.isSafeInteger(column)
}
