import type { RunPriority } from '#domain/operations/catalog.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId, WorkerId } from '#foundation/kernel/ids.ts'

/** What a worker may act with: one attempt of one run. Whoever comes with anything else finds no live row and leaves. */
export interface ClaimKey {
  readonly ctx: WorkspaceContext
  readonly runId: RunId
  /** The fence: grows with every claim of the run. */
  readonly attempt: number
  readonly owner: WorkerId
}

/** How often a run was tried. Throttled and handed-back attempts do not count against `maxAttempts`. */
export interface Tries {
  readonly attempt: number
  readonly throttles: number
  readonly handBacks: number
  readonly maxAttempts: number
}

/** A claimed run with all that its handler needs. */
export interface Claim extends ClaimKey, Tries {
  readonly type: string
  readonly input: unknown
  readonly priority: RunPriority
  /** The tenant, or the workspace itself. */
  readonly lane: string
  /** On behalf of whoever started the run; of the tenant, where the run has one. */
  readonly ctx: WorkspaceContext | TenantContext
}

/** Attempts that count, this one included. */
export function triesUsed({ attempt, throttles, handBacks }: Tries): number {
  return attempt - throttles - handBacks
}

/** The claim under which something was asked does not hold any more: somebody else has the run, or it ended. */
export class StaleClaim extends Error {
  override readonly name = 'StaleClaim'

  constructor(claim: ClaimKey, options: { cause?: unknown } = {}) {
    super(`attempt ${claim.attempt} of run ${claim.runId} is not held any more`, options)
  }
}

/** A newer program migrated the database: this one may end what it holds, and claims nothing more. */
export class ProtocolTooOld extends Error {
  override readonly name = 'ProtocolTooOld'

  constructor(options: { cause?: unknown } = {}) {
    super('the database was migrated by a newer TenantAtlas: start that version here', options)
  }
}

/** The lease of a worker process is over: none of its claims can be relied on. */
export class LeaseOver extends Error {
  override readonly name = 'LeaseOver'

  constructor(owner: WorkerId, options: { cause?: unknown } = {}) {
    super(`the lease of worker ${owner} is over`, options)
  }
}
