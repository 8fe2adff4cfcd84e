/**
 * What the product knows about one kind of Intune object, as data. Nothing else decides which call is made:
 * the client builds requests from contracts, capabilities are computed from them, the egress gate allows only them.
 * Facts are checked against the published Graph metadata by the conformance test; each quirk names its source there.
 */

export type TargetKind = 'group' | 'exclusion' | 'allUsers' | 'allDevices' | 'configManagerCollection' | 'cloudPcGroup'

/** How assignments are written. */
export type AssignWrite =
  /** `POST {collection}/{id}/assign`: replaces the whole set. */
  | { readonly kind: 'action'; readonly bodyProperty: string }
  /** `POST` and `DELETE` on `{collection}/{id}/assignments`, one target at a time; not atomic. */
  | { readonly kind: 'perTarget' }
  | { readonly kind: 'unsupported'; readonly why: string }

/** How the whole payload of a policy is read. */
export type PayloadRead =
  /** The list row is the whole payload. */
  | { readonly kind: 'list' }
  /** The list row, asked with these expansions beside `assignments`. */
  | { readonly kind: 'listExpand'; readonly expand: readonly string[] }
  /** `GET {collection}/{id}`, with these expansions; the list row lacks content. */
  | { readonly kind: 'item'; readonly expand: readonly string[] }
  /** The list row and one sub-collection per policy, read page by page and stored under its name. */
  | { readonly kind: 'subCollection'; readonly path: string; readonly expand: readonly string[] }

export type Quirk =
  /** An exclusion must be written without filter and settings. */
  | 'exclusionsCarryNoSettings'
  /** Objects with priority 0 are defaults of the service: read, shown, never written. */
  | 'priorityZeroIsDefault'
  /** "All users" is written and read as a group target with the virtual group id. */
  | 'allUsersIsVirtualGroup'
  /** `runRemediationScript` reads false after true was written: written, never compared. */
  | 'remediationFlagReadsFalse'
  /** An empty filter reads as the zero GUID. */
  | 'emptyFilterIsZeroGuid'
  /** One group may appear once per intent. */
  | 'oneRowPerIntent'
  /** Writing needs `publishingState` = published. */
  | 'assignNeedsPublished'
  /** The object with `isDefaultProfile` true is the default of the service: never written. */
  | 'defaultProfileIsBuiltIn'
  /** An assignment id names policy and target; a DELETE by that id removes the target. */
  | 'assignmentIdIsOpaque'

export type Risk = 'low' | 'medium' | 'high'

export interface PolicyContract {
  /** Key of the policy type, e.g. `configurationPolicies`; stored, part of the API, never renamed. */
  readonly key: PolicyType
  readonly label: string
  readonly labelPlural: string
  readonly platform: 'any' | 'windows' | 'ios' | 'android' | 'macos' | 'cloudPc'
  /** Path below the API version, starting with a slash: `/deviceManagement/configurationPolicies`. */
  readonly collection: string
  readonly apiVersion: 'beta'
  readonly entityType: string
  readonly nameProperty: 'name' | 'displayName' | 'profileName'
  /** Null: the type has no scope tags. */
  readonly scopeTagsProperty: 'roleScopeTagIds' | 'roleScopeTags' | 'scopeIds' | null
  /** Whether the list may be asked with `$expand=assignments`; seen working in a named client, else false. */
  readonly listExpandsAssignments: boolean
  /** Largest `$top` known to be accepted; null: none is sent. */
  readonly maxTop: number | null
  readonly payload: PayloadRead
  /** Properties that Graph never returns or returns masked: a backup lacks them and says so. */
  readonly neverReturned: readonly string[]
  /** How the assignments of one policy are read: its own collection, or only `GET {id}?$expand=assignments`. */
  readonly assignmentsRead: 'subCollection' | 'itemExpand' | 'none'
  readonly assign: AssignWrite
  readonly assignmentType: string | null
  /** Kinds known to be accepted in a write; empty: not known, so this product reads the type and never writes it. */
  readonly targets: readonly TargetKind[]
  /** Whether a target is known to carry an assignment filter; an assignment that has one is otherwise not written. */
  readonly takesFilters: boolean
  /** Properties of an assignment beside target and filter that mean something: kept, compared, written. */
  readonly assignmentProperties: readonly (
    | 'intent'
    | 'settings'
    | 'installIntent'
    | 'runSchedule'
    | 'runRemediationScript'
  )[]
  /** Least privileged application permissions; all of a list are needed. */
  readonly permissions: { readonly read: readonly string[]; readonly write: readonly string[] }
  readonly quirks: readonly Quirk[]
}

export const policyTypes = [
  'configurationPolicies',
  'compliancePolicies',
  'deviceConfigurations',
  'deviceCompliancePolicies',
  'groupPolicyConfigurations',
  'deviceManagementScripts',
  'deviceShellScripts',
  'deviceCustomAttributeShellScripts',
  'deviceHealthScripts',
  'deviceComplianceScripts',
  'mobileApps',
  'mobileAppConfigurations',
  'targetedManagedAppConfigurations',
  'iosManagedAppProtections',
  'androidManagedAppProtections',
  'windowsManagedAppProtections',
  'mdmWindowsInformationProtectionPolicies',
  'windowsInformationProtectionPolicies',
  'windowsAutopilotDeploymentProfiles',
  'deviceEnrollmentConfigurations',
  'windowsFeatureUpdateProfiles',
  'windowsQualityUpdateProfiles',
  'windowsQualityUpdatePolicies',
  'windowsDriverUpdateProfiles',
  'intents',
  'termsAndConditions',
  'cloudPcProvisioningPolicies',
  'cloudPcUserSettings',
  'appleUserInitiatedEnrollmentProfiles',
  'policySets',
  'intuneBrandingProfiles',
  'hardwareConfigurations',
  'resourceAccessProfiles',
  'wdacSupplementalPolicies',
  'iosLobAppProvisioningConfigurations',
  'managedEBooks',
  'roleScopeTags',
] as const

export type PolicyType = (typeof policyTypes)[number]

/** Whether a text from outside is a policy type this version knows; an unknown one makes no call. */
export function isPolicyType(text: string): text is PolicyType {
  return (policyTypes as readonly string[]).includes(text)
}

/** Directory-wide stand-ins for "all users" and "all devices" in ids and in app protection targets; not real groups. */
export const virtualGroups = {
  allUsers: 'acacacac-9df4-4c7d-9d50-4ef0226f57a9',
  allDevices: 'adadadad-808e-44e2-905a-0b7873a8a531',
} as const
