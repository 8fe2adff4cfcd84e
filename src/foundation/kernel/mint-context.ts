/**
 * Scopes, and all that makes one. A scope says in which workspace somebody acts, and nobody comes by one but through the
 * functions at the end of this file: a literal, a spread, a copy or a message from elsewhere is none, for the compiler
 * and while the program runs. Which files may call them is a table in `architecture.test.ts`; everybody else imports
 * `context.ts`.
 */
import {
  isUuid,
  type ApiKeyId,
  type SessionId,
  type TenantId,
  type TenantRef,
  type UserId,
  type WorkspaceId,
} from '#foundation/kernel/ids.ts'

/** Who acts. `system` is the product itself (scheduler, reconciler, seed). */
export type Actor =
  | { readonly kind: 'user'; readonly userId: UserId; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }

/** What let a request in. Its end ends the request at the next transaction. */
export interface Admission {
  readonly userId: UserId
  /** Of the membership: it grows whenever what the member may do changes. */
  readonly memberVersion: number
  readonly sessionId: SessionId | null
  readonly apiKeyId: ApiKeyId | null
  /** The only tenants whose rows the request sees; null: all of the workspace. */
  readonly tenantIds: readonly TenantId[] | null
}

/** A tenant, and the workspace that the database says it belongs to. */
export interface TenantPlace {
  readonly workspaceId: WorkspaceId
  readonly id: TenantId
  readonly ref: TenantRef
  readonly name: string
}

interface Parts {
  readonly workspaceId: WorkspaceId
  readonly actor: Actor
  readonly admission?: Admission | undefined
  readonly requestId?: string | undefined
}

// What is reached through `constructor` or inherits from it does not have it.
const minting = Symbol('minting')

/** The scope of everything a workspace owns. Every store takes it, every query names it. It never changes. */
export class WorkspaceContext {
  // What a scope is made of is read from here alone: a borrowed method finds nothing in what only looks like a scope.
  readonly #parts: Parts
  readonly workspaceId: WorkspaceId
  readonly actor: Actor
  /** Undefined for the product itself and for whoever acts beside the database. */
  readonly admission: Admission | undefined
  /** Of the HTTP request that asked for it, where one did. */
  readonly requestId: string | undefined

  constructor(by: typeof minting, { workspaceId, actor, admission, requestId }: Parts) {
    if (by !== minting) throw new TypeError('a scope is made by the functions of mint-context.ts only')
    if (!isUuid(workspaceId)) throw new TypeError('a workspace id that is not a UUID')
    this.workspaceId = workspaceId
    this.actor = Object.freeze({ ...actor })
    this.admission = admission && checkedAdmission(admission)
    this.requestId = requestId
    this.#parts = { workspaceId, actor: this.actor, admission: this.admission, requestId }
    if (new.target === WorkspaceContext) Object.freeze(this)
  }

  static isGenuine(value: unknown): value is WorkspaceContext {
    return typeof value === 'object' && value !== null && #parts in value
  }

  /** The same, no longer than what let the request in holds. @throws TypeError when it has an admission already */
  under(admission: Admission): WorkspaceContext {
    if (this.#parts.admission !== undefined) throw new TypeError('a scope that has an admission already')
    return new WorkspaceContext(minting, { ...this.#parts, admission })
  }

  /** The same, for the audit to name the request. */
  withRequestId(requestId: string): WorkspaceContext {
    return new WorkspaceContext(minting, { ...this.#parts, requestId })
  }

  /**
   * The scope of one of its tenants.
   * @throws TypeError for a tenant of another workspace, and for one that the admission does not open
   */
  inTenant(tenant: TenantPlace): TenantContext {
    return new TenantContext(minting, this.#parts, tenant)
  }
}

/** The scope of everything a tenant owns. */
export class TenantContext extends WorkspaceContext {
  readonly #place: TenantPlace
  readonly tenantId: TenantId
  readonly tenantRef: TenantRef
  readonly tenantName: string

  constructor(by: typeof minting, of: Parts, { workspaceId, id, ref, name }: TenantPlace) {
    super(by, of)
    if (workspaceId !== of.workspaceId) throw new TypeError('a tenant of another workspace than the scope')
    if (of.admission?.tenantIds?.includes(id) === false)
      throw new TypeError('a tenant that the admission does not open')
    this.tenantId = id
    this.tenantRef = ref
    this.tenantName = name
    this.#place = Object.freeze({ workspaceId, id, ref, name })
    Object.freeze(this)
  }

  /** The tenant itself, without who acts in it. */
  get place(): TenantPlace {
    return this.#place
  }

  override under(admission: Admission): TenantContext {
    return super.under(admission).inTenant(this.#place)
  }

  override withRequestId(requestId: string): TenantContext {
    return super.withRequestId(requestId).inTenant(this.#place)
  }

  /** @throws TypeError for another tenant: nobody comes from one to the next */
  override inTenant(tenant: TenantPlace): TenantContext {
    if (tenant.id !== this.#place.id) throw new TypeError('the scope of another tenant')
    return super.inTenant(tenant)
  }
}

for (const made of [WorkspaceContext, TenantContext]) {
  Object.freeze(made)
  Object.freeze(made.prototype)
}

function checkedAdmission(admission: Admission): Admission {
  const { userId, memberVersion, sessionId, apiKeyId, tenantIds } = admission
  if (!Number.isSafeInteger(memberVersion)) throw new TypeError('an admission whose version is not a whole number')
  for (const id of [userId, sessionId, apiKeyId, ...(tenantIds ?? [])])
    if (id !== null && !isUuid(id)) throw new TypeError('an admission with an id that is not a UUID')
  return Object.freeze({ ...admission, tenantIds: tenantIds && Object.freeze([...tenantIds]) })
}

/** Of somebody who asks to be let in. What is asked on their behalf afterwards is `under` their admission. */
export function contextOfCaller(workspaceId: WorkspaceId, actor: Actor): WorkspaceContext {
  return new WorkspaceContext(minting, { workspaceId, actor })
}

/** Of a person whose membership is made in the same transaction. */
export function contextOfNewMember(
  workspaceId: WorkspaceId,
  person: { readonly userId: UserId; readonly name: string },
): WorkspaceContext {
  return contextOfPerson(workspaceId, person)
}

/** Of an owner, as whom somebody acts who runs commands beside the database. */
export function contextOfConsole(
  workspaceId: WorkspaceId,
  owner: { readonly userId: UserId; readonly name: string },
): WorkspaceContext {
  return contextOfPerson(workspaceId, owner)
}

function contextOfPerson(
  workspaceId: WorkspaceId,
  { userId, name }: { readonly userId: UserId; readonly name: string },
): WorkspaceContext {
  return new WorkspaceContext(minting, { workspaceId, actor: { kind: 'user', userId, name } })
}

/** Of the product itself, by the name the audit shows. */
export function contextOfProduct(workspaceId: WorkspaceId, name: string): WorkspaceContext {
  return new WorkspaceContext(minting, { workspaceId, actor: { kind: 'system', name } })
}

/** Of a run that a worker claimed, on behalf of whoever started it. */
export function contextOfRun(
  { workspaceId, actor }: { readonly workspaceId: WorkspaceId; readonly actor: Actor },
  tenant: Omit<TenantPlace, 'workspaceId'> | null,
): WorkspaceContext | TenantContext {
  const ctx = new WorkspaceContext(minting, { workspaceId, actor })
  return tenant === null ? ctx : ctx.inTenant({ ...tenant, workspaceId })
}
