/**
 * What the simulated service knows about one Intune collection: how it is read, assigned, permitted and throttled.
 * Written from the published metadata and field reports, not from any client; a test compares it with the metadata.
 */

/** The throttling bucket of the service that owns a collection; `directory` is Entra, counted in resource units. */
export type Service =
  | 'deviceConfigurationV2'
  | 'deviceConfiguration'
  | 'applications'
  | 'enrollment'
  | 'rbac'
  | 'auditing'
  | 'cloudPc'
  | 'directory'

export type TargetKind = 'group' | 'exclusion' | 'allUsers' | 'allDevices' | 'collection' | 'cloudPcGroup'

/** Application permissions, any one of which is enough. */
export interface Permissions {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** A navigation property that is a collection of its own, with what can be expanded or followed below it. */
export interface Navigation {
  readonly [name: string]: Navigation
}

export type AssignmentExtra = 'intent' | 'settings' | 'installIntent' | 'runSchedule' | 'runRemediationScript'

/** What the service adds to an assignment on reading. */
export type AssignmentStamp = 'source' | 'sourceId' | 'lastModifiedDateTime' | 'createdDateTime'

export type AssignmentWrite =
  /** `POST {id}/assign` replaces the whole set of direct rows. */
  | { readonly kind: 'action'; readonly body: string; readonly status: 200 | 204; readonly answersSet: boolean }
  /** `POST` and `DELETE` on `{id}/assignments`, one at a time. */
  | { readonly kind: 'perTarget' }
  /** `POST {id}/update` of a policy set. */
  | { readonly kind: 'update'; readonly body: string }

export interface AssignmentRules {
  readonly type: string
  readonly write: AssignmentWrite
  readonly targets: readonly TargetKind[]
  /** False: a filter in a target is refused. */
  readonly filters: boolean
  readonly extras: readonly AssignmentExtra[]
  readonly stamps: readonly AssignmentStamp[]
  /** How an assignment is named when read. */
  readonly idFormat: 'policy_target' | 'policy:target' | 'policy_target_kind' | 'target_intent_kind'
  /** What the filter id of an unfiltered target reads as. */
  readonly emptyFilter: null | '00000000-0000-0000-0000-000000000000'
  /** Whether single rows may be posted, changed and deleted beside the action. */
  readonly rowsAreWritable: boolean
}

export interface ResourceType {
  /** Path below the version, e.g. `/deviceManagement/configurationPolicies`. */
  readonly collection: string
  /** The entity type; for a polymorphic collection the base type. */
  readonly entity: string
  /** Whether v1.0 has the collection too. */
  readonly v1: boolean
  readonly nameProperty: 'name' | 'displayName' | 'profileName'
  readonly service: Service
  /** `componentName` of its audit events. */
  readonly component: string
  readonly permissions: Permissions
  /** Permissions to read `{id}/assignments` where they differ. */
  readonly assignmentPermissions?: Permissions
  /** The largest page; a larger `$top` is cut to it. */
  readonly maxTop: number
  /** Whether rows carry `@odata.type`; false also for a derived type read through its own collection. */
  readonly sendsType: boolean
  /** `$expand=assignments` on the list: works, is refused with 400, or always reads empty. */
  readonly expandOnList: 'works' | 'refused' | 'empty'
  /** Content that a list row reads as null; only the item has it. */
  readonly itemOnly: readonly string[]
  readonly navigation: Navigation
  /** Whether rows say `isAssigned`. */
  readonly saysIsAssigned: boolean
  /** `$filter` functions that are refused here, or `ignored` when the whole option is. */
  readonly filter: { readonly refused: readonly string[] } | 'ignored'
  readonly assignments: AssignmentRules | null
}

type Optional =
  | 'v1'
  | 'nameProperty'
  | 'maxTop'
  | 'sendsType'
  | 'expandOnList'
  | 'itemOnly'
  | 'navigation'
  | 'saysIsAssigned'
  | 'filter'

/** A resource type with the usual answers for what it does not say. */
export function resourceType(
  given: Omit<ResourceType, Optional> & Partial<Pick<ResourceType, Optional>>,
): ResourceType {
  return {
    v1: false,
    nameProperty: 'displayName',
    maxTop: 1000,
    sendsType: false,
    expandOnList: 'works',
    itemOnly: [],
    navigation: {},
    saysIsAssigned: false,
    filter: { refused: [] },
    ...given,
  }
}

const everybody = ['group', 'exclusion', 'allUsers', 'allDevices'] as const

type OptionalRule = Exclude<keyof AssignmentRules, 'type' | 'write'>

/** Assignment rules with the usual answers for what they do not say. */
export function assignmentRules(
  given: Pick<AssignmentRules, 'type' | 'write'> & Partial<Pick<AssignmentRules, OptionalRule>>,
): AssignmentRules {
  return {
    targets: everybody,
    filters: true,
    extras: [],
    stamps: [],
    idFormat: 'policy_target',
    emptyFilter: null,
    rowsAreWritable: false,
    ...given,
  }
}

/** `POST {id}/assign` that answers 200 with the new set. */
export function assignAnsweringSet(body: string): AssignmentWrite {
  return { kind: 'action', body, status: 200, answersSet: true }
}

/** `POST {id}/assign` that answers without a body. */
export function assignAnsweringNothing(body: string, status: 200 | 204): AssignmentWrite {
  return { kind: 'action', body, status, answersSet: false }
}
