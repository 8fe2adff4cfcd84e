import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { PolicyType } from '#graph/contracts/contract.ts'

/** Which policies' assignments: all of the tenant, those of some types, or some policies. */
export type ReferenceScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'types'; readonly types: readonly PolicyType[] }
  | { readonly kind: 'policies'; readonly policies: readonly { readonly type: PolicyType; readonly graphId: string }[] }

/** The scope as a condition on `policies p`. */
export function inScope(scope: ReferenceScope): RawBuilder<unknown> {
  switch (scope.kind) {
    case 'all':
      return sql`true`
    case 'types':
      return sql`p.type = any (${scope.types}::text[])`
    case 'policies':
      return sql`(p.type, p.graph_id) in (
        select * from unnest(${scope.policies.map(({ type }) => type)}::text[],
          ${scope.policies.map(({ graphId }) => graphId)}::text[]))`
  }
}
