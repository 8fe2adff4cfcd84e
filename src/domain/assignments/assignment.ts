/**
 * The normal form of an assignment: what it says about targeting and nothing else. Two sets that target the same are
 * equal here, whatever ids, key order and empty values Graph put around them (DESIGN: assignments).
 */
export type AssignmentTarget =
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'exclusion'; readonly groupId: string }
  | { readonly kind: 'allUsers' }
  | { readonly kind: 'allDevices' }
  | { readonly kind: 'configManagerCollection'; readonly collectionId: string }
  | {
      readonly kind: 'cloudPcGroup'
      readonly groupId: string
      readonly servicePlanId?: string
      readonly allotmentDisplayName?: string
      readonly allotmentLicensesCount?: number
    }

export interface AssignmentFilterUse {
  readonly id: string
  readonly mode: 'include' | 'exclude'
}

export interface Assignment {
  readonly target: AssignmentTarget
  readonly filter: AssignmentFilterUse | null
  /** `apply | remove` on device configurations; `available | required | uninstall | …` on apps and books. */
  readonly intent?: string
  /** App install settings, canonical, with their `@odata.type`. */
  readonly settings?: unknown
  /** Run schedule of a remediation, canonical, with its `@odata.type`. */
  readonly schedule?: unknown
  /** Remediations only. Written, never compared: Graph reads it back as false. */
  readonly runRemediationScript?: boolean
  /** `policySet`: put there by a policy set; shown, never written back as direct. */
  readonly source: 'direct' | 'policySet'
}

/** A set in canonical order with its hash: SHA-256 of the canonical JSON of what is compared, lower-case hexadecimal. */
export interface AssignmentSet {
  readonly assignments: readonly Assignment[]
  readonly hash: string
}
