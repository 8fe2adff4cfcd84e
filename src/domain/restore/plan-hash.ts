import { createHash } from 'node:crypto'
import type { ItemPlan, RestoreMode } from '#domain/restore/restore-run.ts'
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'
import type { RestoreRunId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface PlanHead {
  readonly workspaceId: WorkspaceId
  readonly tenantId: TenantId
  readonly restoreRunId: RestoreRunId
  readonly mode: RestoreMode
}

export interface PlanLine {
  readonly ordinal: number
  readonly type: PolicyType
  readonly graphId: string
  readonly plan: ItemPlan
  /** Lower-case hexadecimal. */
  readonly previewHash: string | null
  readonly desiredHash: string | null
}

/** The hash that names a plan: approval and execution are of exactly these policies, live sets and desired sets. */
export class PlanHash {
  readonly #hash = createHash('sha256')

  constructor(head: PlanHead) {
    this.#line({ v: 1, ...head })
  }

  /** Items in the order of the plan, page by page. */
  add(items: readonly PlanLine[]): void {
    for (const { ordinal, type, graphId, plan, previewHash, desiredHash } of items) {
      this.#line({ ordinal, type, graphId, plan, previewHash, desiredHash })
    }
  }

  digest(): Buffer {
    return this.#hash.digest()
  }

  #line(value: unknown): void {
    this.#hash.update(`${canonicalJson(value)}\n`)
  }
}
