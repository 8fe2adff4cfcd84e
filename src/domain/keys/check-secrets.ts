import { eachWorkspace } from '#domain/keys/each-workspace.ts'
import { secretHolders } from '#domain/keys/rewrap-secrets.ts'
import type { PlacedSecret, SecretHolder, SecretPage } from '#domain/keys/placed-secret.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

/** A secret that does not open here, and why. */
export interface UnopenedSecret {
  readonly workspaceId: WorkspaceId
  readonly holder: SecretHolder['table']
  readonly id: string
  readonly label: string
  readonly keyVersion: number | null
  readonly why: string
}

export interface CheckedSecrets {
  readonly tried: number
  readonly unopened: readonly UnopenedSecret[]
}

const pageSize = 500

/** Opens every secret of the installation, one after the other, keeps none, and says which do not open. */
export async function checkSecrets(
  { db, opener }: { readonly db: Database; readonly opener: Opener },
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<CheckedSecrets> {
  const unopened: UnopenedSecret[] = []
  let tried = 0
  for await (const ctx of eachWorkspace(db)) {
    for (const holder of secretHolders) {
      let after: string | null = null
      do {
        signal?.throwIfAborted()
        const page: SecretPage = { after, limit: pageSize }
        const found: PlacedSecret[] = await inWorkspace(db, ctx, (tx) => holder.read(tx, ctx, page))
        tried += found.length
        unopened.push(...found.flatMap((secret) => tryOne(opener, ctx, { ...secret, holder: holder.table })))
        after = found.length < pageSize ? null : (found.at(-1)?.id ?? null)
      } while (after !== null)
    }
  }
  return { tried, unopened }
}

type Tried = PlacedSecret & Pick<UnopenedSecret, 'holder'>

function tryOne(opener: Opener, { workspaceId }: WorkspaceContext, secret: Tried): UnopenedSecret[] {
  const { holder, id, label, place, stored } = secret
  try {
    opener.open(stored, place)
    return []
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ workspaceId, holder, id, label, keyVersion: stored.keyVersion, why: error.message }]
  }
}
