import type { OperatorId } from '#foundation/kernel/ids.ts'

/** A platform operator in a session of theirs. */
export interface Operator {
  readonly accountId: OperatorId
  readonly name: string
  readonly sessionId: string
  /** When they last proved who they are. */
  readonly authenticatedAt: Date
}
