import type { Caller } from '#domain/access/caller.ts'
import { findKeyHolder } from '#domain/access/keys/api-keys.store.ts'
import { useSession } from '#domain/access/sessions/sessions.store.ts'
import { hashOfToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'

/** What a request brings along to say who sends it. */
export type Credentials =
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'bearer'; readonly token: string }

/**
 * Who sends a request; undefined when what it brings is not, or no longer, valid. A bearer token is an API key (`ta_…`)
 * or, from our own command line, a session (`tas_…`).
 */
export async function identifyCaller(db: Database, { kind, token }: Credentials): Promise<Caller | undefined> {
  if (token.length > 200) return undefined
  if (token.startsWith('tas_')) return useSession(db, hashOfToken(token))
  if (kind === 'bearer' && token.startsWith('ta_')) return findKeyHolder(db, hashOfToken(token))
  return undefined
}
