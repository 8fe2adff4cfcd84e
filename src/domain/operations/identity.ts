import { catalog, type InputOf, type OperationType } from '#domain/operations/catalog.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'

/**
 * What makes two starts the same operation: SHA-256 over the canonical JSON of version, scope, type and the key that the
 * catalogue takes from the input. Which tenant or workspace stands beside it in the holder indexes.
 */
export function identityOf<T extends OperationType>(type: T, input: InputOf<T>): Buffer {
  const { scope, identity } = catalog[type]
  // The entry and the input are of one type; the compiler cannot follow that through the union.
  const key = (identity as (input: InputOf<T>) => unknown)(input)
  return sha256({ v: 1, scope, type, key })
}
