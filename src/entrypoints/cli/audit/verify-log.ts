import type { CheckpointDocument, VerifiedPart } from '#contract/api/audit.ts'
import { joinReports, withKept } from '#contract/audit-report.ts'
import type { AuditReport } from '#contract/audit-report.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** As many as one request takes. */
const keptAtOnce = 500

interface VerifyOptions {
  /** Of whoever signed; undefined: those that the server has. */
  readonly publicKeys: readonly string[] | undefined
  /** Checkpoints that were kept elsewhere. */
  readonly kept: readonly CheckpointDocument[]
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
}

/** Has the server compute the chain of the audit log again, part by part, and adds up what it says. */
export async function verifyLog(session: Session, options: VerifyOptions): Promise<AuditReport> {
  let report = await verifyParts(session, options)
  const { api, at } = session
  const publicKeys = options.publicKeys && { publicKeys: [...options.publicKeys] }
  for (let from = 0; from < options.kept.length; from += keptAtOnce) {
    const checkpoints = options.kept.slice(from, from + keptAtOnce)
    report = withKept(report, await api.audit.checkKept({ ...at, checkpoints, ...publicKeys }))
  }
  return report
}

async function verifyParts({ api, at }: Session, { publicKeys, onProgress }: VerifyOptions): Promise<AuditReport> {
  const keys = publicKeys && { publicKey: [...publicKeys] }
  let report: AuditReport | undefined
  for (let cursor: string | undefined; ;) {
    const verified: VerifiedPart = await api.audit.verify({ ...at, ...keys, ...(cursor !== undefined && { cursor }) })
    const { total, nextCursor, ...part } = verified
    report = report === undefined ? part : joinReports(report, part)
    onProgress({ done: report.entries, total: Math.max(report.entries, total) })
    if (nextCursor === null) return report
    cursor = nextCursor
  }
}
