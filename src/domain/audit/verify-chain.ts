import { checkKept } from '#domain/audit/check-kept.ts'
import { joinReports, type ChainReport } from '#domain/audit/chain-report.ts'
import type { Checkpoint } from '#domain/audit/checkpoint.ts'
import { verifyPart } from '#domain/audit/verify-part.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export type { ChainReport } from '#domain/audit/chain-report.ts'

export interface VerifyOptions {
  readonly keys: SigningKeys
  /** Checkpoints that were kept elsewhere; those of other workspaces are left aside. */
  readonly kept?: readonly Checkpoint[]
  /** Told after each part how many of how many entries were read. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
  /** Entries of a part. */
  readonly limit?: number
}

/** Computes the whole chain of a workspace again, part by part, and says everything that is wrong with it. */
export async function verifyChain(db: Database, ctx: WorkspaceContext, options: VerifyOptions): Promise<ChainReport> {
  const { keys, kept, onProgress, signal, limit } = options
  let report: ChainReport | undefined
  for (let cursor: string | undefined; ;) {
    signal?.throwIfAborted()
    const { nextCursor, total, ...part } = await verifyPart(db, ctx, { keys, cursor, limit })
    report = report === undefined ? part : joinReports(report, part)
    onProgress?.({ done: report.entries, total: Math.max(report.entries, total) })
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return kept === undefined ? report : withKept(report, await checkKept(db, ctx, { keys, kept }))
}

/** The report with what comparing checkpoints kept elsewhere has found. */
function withKept(report: ChainReport, kept: Awaited<ReturnType<typeof checkKept>>): ChainReport {
  const { checked, newest, problems, problemCount } = kept
  const rest = { entries: 0, firstSeq: null, lastSeq: null, removedUpTo: report.removedUpTo }
  return joinReports(report, { ...rest, checkpoints: { checked, newest }, problems, problemCount })
}
