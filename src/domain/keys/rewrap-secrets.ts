import { credentialSecrets, replaceCredentialSecrets } from '#domain/connections/credential-secrets.ts'
import { channelSecrets, replaceChannelSecrets } from '#domain/notifications/channel-secrets.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { eachWorkspace } from '#domain/keys/each-workspace.ts'
import type { PlacedSecret, SecretHolder } from '#domain/keys/placed-secret.ts'
import { sealingKey } from '#domain/keys/sealing-key.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { SealingKey } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface Rewrapped {
  /** The key they lie under now. */
  readonly version: number | null
  readonly rewrapped: number
  /** These lie where they did: what they were sealed with is not here. */
  readonly unopened: number
}

export interface RewrapOptions {
  /** Secrets of one transaction; default 500. */
  readonly batch?: number
  /** Aborted: stops between two batches. Going on later is starting again. */
  readonly signal?: AbortSignal
}

/** What holds secrets: how to page through them, and how to put others in their place. */
export const secretHolders: readonly SecretHolder[] = [
  { table: 'credentials', read: credentialSecrets, replace: replaceCredentialSecrets },
  { table: 'channel_secrets', read: channelSecrets, replace: replaceChannelSecrets },
]

/**
 * Wraps every secret with the active key that is not yet. Nothing has to stop for it: both keys open meanwhile, and a
 * secret that is set at the same moment stays as it was set.
 */
export async function rewrapSecrets(
  { db, opener }: { readonly db: Database; readonly opener: Opener },
  { batch = 500, signal }: RewrapOptions = {},
): Promise<Rewrapped> {
  const sum = { version: null as number | null, rewrapped: 0, unopened: 0 }
  for await (const ctx of eachWorkspace(db)) {
    for (const holder of secretHolders) {
      let after: string | null = null
      do {
        signal?.throwIfAborted()
        const done = await rewrapBatch({ db, opener, ctx, holder }, { after, limit: batch })
        sum.version = done.version
        sum.rewrapped += done.rewrapped
        sum.unopened += done.unopened
        after = done.last
      } while (after !== null)
    }
  }
  return sum
}

interface BatchParts {
  readonly db: Database
  readonly opener: Opener
  readonly ctx: WorkspaceContext
  readonly holder: SecretHolder
}

async function rewrapBatch({ db, opener, ctx, holder }: BatchParts, page: { after: string | null; limit: number }) {
  return inWorkspace(db, ctx, async (tx) => {
    const key = await sealingKey(tx)
    const found = await holder.read(tx, ctx, { ...page, notUnder: key.version })
    const wrapped = found.flatMap((secret) => rewrapOne(opener, secret, key))
    const rewrapped = wrapped.length === 0 ? 0 : await holder.replace(tx, ctx, wrapped)
    if (rewrapped > 0)
      await recordAudit(tx, ctx, {
        action: 'key.rewrap',
        subject: { kind: 'encryption_key', id: String(key.version) },
        outcome: 'succeeded',
        detail: { holder: holder.table, secrets: rewrapped },
      })
    const last = found.length < page.limit ? null : (found.at(-1)?.id ?? null)
    return { version: key.version, rewrapped, unopened: found.length - wrapped.length, last }
  })
}

function rewrapOne(opener: Opener, secret: PlacedSecret, key: SealingKey): PlacedSecret[] {
  try {
    return [{ ...secret, stored: opener.rewrap(secret.stored, secret.place, key) }]
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}
