import { ChainCheck, type ChainProblem } from '#domain/audit/check-chain.ts'
import { chainEnds, checkpointsOf, allEntries, type ChainEnds } from '#domain/audit/chain.store.ts'
import { checkSignature, type Checkpoint } from '#domain/audit/checkpoint.ts'
import { hashBytes } from '#domain/audit/canonical-entry.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export interface ChainReport {
  readonly entries: number
  readonly firstSeq: number | null
  readonly lastSeq: number | null
  /** The last entry that retention has removed; 0 for none. */
  readonly removedUpTo: number
  readonly checkpoints: {
    readonly checked: number
    /** The newest that holds. What came after it is guarded by the chain alone. */
    readonly newest: { readonly seq: number; readonly at: string } | null
  }
  /** The first thousand. */
  readonly problems: readonly ChainProblem[]
  /** All of them. */
  readonly problemCount: number
}

export interface VerifyOptions {
  readonly keys: SigningKeys
  /** Checkpoints that were kept elsewhere; those of other workspaces are left aside. */
  readonly kept?: readonly Checkpoint[]
  /** Told after each page how many of how many entries were read. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
}

const pageSize = 5_000

/**
 * Computes the chain of a workspace again and says everything that is wrong with it. Reads the log as it was at one
 * moment, page by page, and decides by itself: the database only hands out rows.
 */
export async function verifyChain(db: Database, ctx: WorkspaceContext, options: VerifyOptions): Promise<ChainReport> {
  return inWorkspace(db, ctx, (tx) => verifyIn(tx, ctx, options), { isolation: 'repeatable read' })
}

async function verifyIn(tx: Tx, ctx: WorkspaceContext, options: VerifyOptions): Promise<ChainReport> {
  const ends = await chainEnds(tx, ctx)
  const { anchor, head } = ends ?? noEnds
  const signed = await signedPlaces(tx, ctx, options)
  const valid = signed.flatMap(({ checkpoint, state }) => (state === 'valid' ? [checkpoint] : []))
  const check = new ChainCheck({ anchor }, valid)
  for (const { checkpoint, state } of signed) if (state !== 'valid') reportUnsigned(check, checkpoint, state)
  let done = 0
  for await (const page of allEntries(tx, ctx, { pageSize })) {
    options.signal?.throwIfAborted()
    for (const entry of page) check.add(entry)
    done += page.length
    options.onProgress?.({ done, total: Math.max(done, head.seq - anchor.seq) })
  }
  check.end(ends?.head)
  return {
    ...check.result(),
    removedUpTo: anchor.seq,
    checkpoints: { checked: signed.length, newest: newestOf(valid) },
  }
}

/** Of the database and kept elsewhere. */
async function signedPlaces(tx: Tx, ctx: WorkspaceContext, { keys, kept = [] }: VerifyOptions) {
  const ours = kept.filter(({ workspaceId }) => workspaceId === ctx.workspaceId)
  const all = [...(await checkpointsOf(tx, ctx)), ...ours]
  return all.map((checkpoint) => ({ checkpoint, state: checkSignature(keys, checkpoint) }))
}

function newestOf(signed: readonly Checkpoint[]): ChainReport['checkpoints']['newest'] {
  const heads = signed.filter(({ kind }) => kind === 'head').toSorted((a, b) => a.seq - b.seq)
  const newest = heads.at(-1)
  return newest === undefined ? null : { seq: newest.seq, at: newest.at }
}

const none = { seq: 0, hash: Buffer.alloc(hashBytes) }
const noEnds: ChainEnds = { anchor: none, head: none }

function reportUnsigned(check: ChainCheck, { seq, at, keyId }: Checkpoint, state: 'forged' | 'unknown_key'): void {
  const message =
    state === 'forged'
      ? `The checkpoint at entry ${seq} of ${at} is not what key ${keyId} signed: it was changed.`
      : `The checkpoint at entry ${seq} of ${at} cannot be checked: the public key ${keyId} is not here.`
  check.report('checkpoint', seq, message)
}
