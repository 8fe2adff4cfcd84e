/** Intune's own audit log: one event per change, whoever made it. */
import { randomUUID } from 'node:crypto'
import type { GraphObject, SimTenant } from '../world.ts'

export interface AuditedAct {
  readonly tenant: SimTenant
  readonly at: number
  readonly correlationId: string
  readonly actor:
    | { readonly kind: 'application'; readonly id: string; readonly name: string }
    | { readonly kind: 'portal' }
  readonly operation: string
  readonly type: string
  readonly component: string
  readonly resource: { readonly id: string; readonly name: string; readonly type: string }
  readonly modified: readonly { readonly name: string; readonly before: unknown; readonly after: unknown }[]
}

export interface AuditLog {
  record(act: AuditedAct): void
  events(tenant: SimTenant): readonly GraphObject[]
}

/** Events kept per tenant; the real log forgets too, after two years. */
const keptEvents = 50_000

export function createAuditLog(): AuditLog {
  const byTenant = new Map<string, GraphObject[]>()
  return {
    record(act) {
      const events = byTenant.get(act.tenant.id) ?? []
      byTenant.set(act.tenant.id, events)
      events.push(eventOf(act))
      if (events.length > keptEvents) events.splice(0, events.length - keptEvents)
    },
    events: (tenant) => byTenant.get(tenant.id) ?? [],
  }
}

function eventOf(act: AuditedAct): GraphObject {
  const { resource } = act
  return {
    id: randomUUID(),
    displayName: act.type,
    componentName: act.component,
    activity: null,
    activityDateTime: new Date(act.at).toISOString(),
    activityType: act.type,
    activityOperationType: act.operation,
    activityResult: 'Success',
    correlationId: act.correlationId,
    category: act.component,
    actor: actorOf(act),
    resources: [
      {
        displayName: resource.name,
        auditResourceType: resource.type,
        resourceId: resource.id,
        modifiedProperties: act.modified.map(({ name, before, after }) => ({
          displayName: name,
          oldValue: textOf(before),
          newValue: textOf(after),
        })),
      },
    ],
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}

function actorOf({ actor, tenant }: AuditedAct): GraphObject {
  const isApp = actor.kind === 'application'
  return {
    auditActorType: isApp ? 'Application' : 'ItPro',
    userPermissions: ['*'],
    applicationId: isApp ? actor.id : '5926fc8e-304e-4f59-8bed-58ca97cc39a4',
    applicationDisplayName: isApp ? actor.name : 'Microsoft Intune portal extension',
    userPrincipalName: isApp ? null : `admin@${tenant.domain}`,
    servicePrincipalName: null,
    ipAddress: null,
    userId: isApp ? null : '11111111-2222-4333-8444-555555555555',
    remoteTenantId: null,
    remoteUserId: null,
    userRoleScopeTags: [],
  }
}
