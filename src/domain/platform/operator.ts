import type { OperatorId } from '#foundation/kernel/ids.ts'

/** A platform operator in a session of theirs. */
export interface Operator {
  readonly accountId: OperatorId
  readonly name: string
  readonly sessionId: string
  /** When they last proved who they are. */
  readonly authenticatedAt: Date
}

/** Who acts on the platform: an operator, or whoever works on a host beside the database, where no account is asked for. */
export interface PlatformActor {
  readonly accountId: OperatorId | null
  readonly name: string
}
