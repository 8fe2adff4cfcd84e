/** Test only: the whole chain verified at once, as whoever asks for all parts sees it. */
import { joinReports, withKept } from '#contract/audit-report.ts'
import { checkKept } from '#domain/audit/check-kept.ts'
import type { ChainReport } from '#domain/audit/chain-report.ts'
import type { Checkpoint } from '#domain/audit/checkpoint.ts'
import { verifyPart } from '#domain/audit/verify-part.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export interface VerifyOptions {
  readonly keys: SigningKeys
  /** Checkpoints that were kept elsewhere. */
  readonly kept?: readonly Checkpoint[]
  /** Called after each part. */
  readonly onPart?: () => void
  /** Entries of a part. */
  readonly limit?: number
}

export async function verifyChain(db: Database, ctx: WorkspaceContext, options: VerifyOptions): Promise<ChainReport> {
  const { keys, kept, onPart, limit } = options
  let report: ChainReport | undefined
  for (let cursor: string | undefined; ;) {
    const { nextCursor, total: _, ...part } = await verifyPart(db, ctx, { keys, cursor, limit })
    report = report === undefined ? part : joinReports(report, part)
    onPart?.()
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return kept === undefined ? report : withKept(report, await checkKept(db, ctx, { keys, kept }))
}
