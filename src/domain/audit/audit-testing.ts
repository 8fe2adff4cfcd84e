import { chainEnds, insertCheckpoint } from '#domain/audit/chain.store.ts'
import { signCheckpoint, type Checkpoint } from '#domain/audit/checkpoint.ts'
import { recordAudit, type AuditEntry } from '#domain/audit/record-audit.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'

const usual: AuditEntry = { action: 'tenant.rename', subject: { kind: 'tenant', id: 'x' }, outcome: 'succeeded' }

/** Test only: so many acts in the audit, a transaction each. */
export async function givenEntries(
  db: Database,
  ctx: WorkspaceContext | TenantContext,
  count: number,
  entry: Partial<AuditEntry> = {},
): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await inWorkspace(db, ctx, (tx) => recordAudit(tx, ctx, { ...usual, detail: { n, 'ä"\n': 1.5 }, ...entry }))
}

/** Test only: signs the head as it is now, whatever was signed before. */
export async function signNow(db: Database, ctx: WorkspaceContext, signer: Signer): Promise<Checkpoint> {
  return inWorkspace(db, ctx, async (tx) => {
    const ends = await chainEnds(tx, ctx)
    if (ends === undefined) throw new TypeError('a chain without a head')
    const place = { workspaceId: ctx.workspaceId, kind: 'head', at: new Date().toISOString() } as const
    const { seq, hash } = ends.head
    const checkpoint = signCheckpoint(signer, { ...place, seq, hash: hash.toString('hex') })
    await insertCheckpoint(tx, ctx, checkpoint)
    return checkpoint
  })
}
