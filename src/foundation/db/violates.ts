import { sqlState } from '#foundation/db/transaction.ts'

/** Whether a statement failed because of this constraint or unique index. Its transaction can only be rolled back. */
export function violates(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error) || !sqlState(error).startsWith('23') || !('constraint' in error)) return false
  // On Citus the number of the shard stands behind the name.
  return new RegExp(`^${constraint}(_\\d+)?$`).test(String(error.constraint))
}
