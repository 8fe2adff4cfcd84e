/**
 * What exists in the simulated cloud: plain data, no behaviour. Generators and loaders make it, the Graph half reads and
 * changes it, the journal records what changed. Everything is held the way Graph names it; whatever Graph makes on
 * reading (assignment ids, `source`, empty filters, timestamps of assignments) is made by the server, not stored here.
 */

/** A JSON object in Graph's shape. */
export type GraphObject = Record<string, unknown>

/** An assignment target: `@odata.type` with the `#microsoft.graph.` prefix, and its own properties. */
export interface SimTarget extends GraphObject {
  '@odata.type': string
}

/**
 * One assignment as a client would post it: `target` with its filter (left out when there is none), and `intent`,
 * `settings`, `runSchedule`, `runRemediationScript`, `installIntent` where the type has them. A group that serves as
 * "all users" of an app protection is a group target with the virtual group id.
 */
export interface SimAssignment extends GraphObject {
  target: SimTarget
  /** `policySets`: put there by the policy set `sourceId`; survives an `assign` of direct rows. Absent: `direct`. */
  source?: 'direct' | 'policySets'
  sourceId?: string
}

/** One object of a collection, e.g. a policy. */
export interface SimObject {
  readonly id: string
  /** Own properties: with `id`, `@odata.type` where Graph sends it, without `assignments`. */
  properties: GraphObject
  assignments: SimAssignment[]
  /**
   * Navigation collections by name: `settings`, `definitionValues` (each row may hold `definition` and
   * `presentationValues`, each of these `presentation`), `scheduledActionsForRule`, `apps`, `items`,
   * `localizedNotificationMessages`, `categories`. Sent only when asked for by path or `$expand`.
   */
  readonly sub: Record<string, GraphObject[]>
}

export interface SimGroup {
  readonly id: string
  displayName: string
  description: string | null
  /** Null: assigned membership. Otherwise the rule of a dynamic group. */
  membershipRule: string | null
  /** Direct members, counted; nobody needs their names. */
  users: number
  devices: number
  /** Ids of groups that are members of this one; their members count as transitive members. */
  readonly memberGroups: string[]
  readonly createdDateTime: string
}

/** What Entra calls a federated credential; the issuer's key is given, where Entra would fetch it. */
export interface FederatedTrust {
  readonly issuer: string
  readonly subject: string
  readonly publicKeyPem: string
}

/**
 * An app in one tenant, with what it was granted there. The tenant it is registered in knows its credentials and
 * redirect URIs; another tenant has a copy of it once an administrator there consented.
 */
export interface SimApp {
  readonly clientId: string
  readonly name: string
  readonly secret: string | null
  /** Certificates that may sign a client assertion, PEM. */
  readonly certificates: readonly string[]
  /** Whose tokens are taken in the place of an assertion of the app's own. Absent: nobody's. */
  readonly federated?: FederatedTrust | undefined
  /** Granted application permissions: the `roles` of its tokens. */
  readonly permissions: readonly string[]
  /** Application permissions an administrator is asked to grant. */
  readonly requests: readonly string[]
  /** The tenant it is registered in. */
  readonly homeTenantId: string
  /** People of every tenant may sign in to it, and their administrators consent to it. */
  readonly isMultiTenant: boolean
  /** A loopback one fits every port, and one that ends in `*` every path that begins like it. */
  readonly redirectUris: readonly string[]
  /** False: the limits do not apply to it. */
  readonly isThrottled: boolean
}

/** Somebody who can sign in; the password is the same for all, see people.ts. */
export interface SimPerson {
  /** The object id: what stays when name, user name and e-mail address change. */
  readonly id: string
  readonly name: string
  readonly userName: string
  /** Mutable and not verified, as the real one. */
  readonly email: string
  readonly isEnabled: boolean
  /** May consent for the whole tenant. */
  readonly isAdmin: boolean
}

export interface SimTenant {
  /** The Entra tenant id. */
  readonly id: string
  readonly name: string
  /** The initial domain, e.g. `contoso.onmicrosoft.com`; a token may be asked for by it too. */
  readonly domain: string
  readonly groups: Map<string, SimGroup>
  /** By collection path below the version (`/deviceManagement/configurationPolicies`), then by id, in creation order. */
  readonly collections: Map<string, Map<string, SimObject>>
  /** The very map that `collections` holds for assignment filters. */
  readonly filters: Map<string, SimObject>
  /** The very map that `collections` holds for scope tags; id `"0"` is the built-in Default. */
  readonly scopeTags: Map<string, SimObject>
  readonly apps: Map<string, SimApp>
  /** By object id. */
  readonly people: Map<string, SimPerson>
  /** The object of `/organization`. */
  readonly organization: GraphObject
}

/** "All users" and "all devices" where Intune needs a group id: never in the directory. */
export const virtualGroups = {
  allUsers: 'acacacac-9df4-4c7d-9d50-4ef0226f57a9',
  allDevices: 'adadadad-808e-44e2-905a-0b7873a8a531',
} as const

/** A property as text: empty when it is missing or something else. */
export function textOf(object: GraphObject | undefined, property: string): string {
  const value = object?.[property]
  return typeof value === 'string' ? value : ''
}

export const collectionPaths = {
  assignmentFilters: '/deviceManagement/assignmentFilters',
  roleScopeTags: '/deviceManagement/roleScopeTags',
} as const

/** An empty tenant with its built-in scope tag; `id` and `domain` must be unique in one simulator. */
export function emptyTenant({ id, name, domain }: { id: string; name: string; domain: string }): SimTenant {
  const defaultTag: SimObject = {
    id: '0',
    properties: { id: '0', displayName: 'Default', description: 'Default Role Scope Tag', isBuiltIn: true },
    assignments: [],
    sub: {},
  }
  const filters = new Map<string, SimObject>()
  const scopeTags = new Map([[defaultTag.id, defaultTag]])
  return {
    id,
    name,
    domain,
    groups: new Map(),
    collections: new Map([
      [collectionPaths.assignmentFilters, filters],
      [collectionPaths.roleScopeTags, scopeTags],
    ]),
    filters,
    scopeTags,
    apps: new Map(),
    people: new Map(),
    organization: {
      id,
      displayName: name,
      verifiedDomains: [
        { name: domain, isDefault: true, isInitial: true, capabilities: 'Email, OfficeCommunicationsOnline' },
      ],
    },
  }
}

/** The objects of a collection, made empty when the tenant has none yet. */
export function collectionOf(tenant: SimTenant, collection: string): Map<string, SimObject> {
  const existing = tenant.collections.get(collection)
  if (existing) return existing
  const created = new Map<string, SimObject>()
  tenant.collections.set(collection, created)
  return created
}
