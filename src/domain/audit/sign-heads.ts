import { sql } from 'kysely'
import { chainEnds, databaseTime, insertCheckpoint } from '#domain/audit/chain.store.ts'
import { signCheckpoint, type Checkpoint } from '#domain/audit/checkpoint.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { asId, type WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'
import { reportCheckpoint } from '#foundation/observability/events.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface SignHeadsDeps {
  readonly db: Database
  readonly signer: Signer
  readonly log: Log
  /** Aborted: the head that is being signed is the last. */
  readonly signal: AbortSignal
}

const rule = { entries: 1_000, hours: 1 }
const atOnce = 100

/**
 * Signs the head of every workspace that has 1,000 entries more than at its last checkpoint, or anything new after an
 * hour, and writes what it signed to the log, too: out of reach of whoever may write the database. Any number of
 * processes may do it at once.
 */
export async function signHeads(deps: SignHeadsDeps): Promise<void> {
  const { rows } = await sql<{ workspace_id: string }>`
    select workspace_id from workspaces_to_sign(${rule.entries}, make_interval(hours => ${rule.hours}), ${atOnce})
  `.execute(deps.db)
  for (const row of rows) {
    if (deps.signal.aborted) return
    const checkpoint = await signHead(deps, asId(row.workspace_id))
    if (checkpoint !== undefined) reportCheckpoint(deps.log, checkpoint)
  }
}

/** Undefined when there is nothing to sign, or somebody else has. */
async function signHead({ db, signer }: SignHeadsDeps, workspaceId: WorkspaceId): Promise<Checkpoint | undefined> {
  const ctx = contextOfProduct(workspaceId, 'TenantAtlas')
  return inWorkspace(db, ctx, async (tx) => {
    const ends = await chainEnds(tx, ctx)
    if (ends === undefined || ends.head.seq === 0) return undefined
    const { seq, hash } = ends.head
    const at = (await databaseTime(tx)).toISOString()
    const checkpoint = signCheckpoint(signer, { workspaceId, kind: 'head', seq, hash: hash.toString('hex'), at })
    return (await insertCheckpoint(tx, ctx, checkpoint)) ? checkpoint : undefined
  })
}
