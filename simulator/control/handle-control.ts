/** The control API below `/_sim/`: the truth, the journal, faults, settings, and what happens behind Graph's back. */
import { z } from 'zod'
import { typeOf } from '../catalogue/catalogue.ts'
import { describeIssues, faultPlanSchema } from '../faults/fault-plan.ts'
import type { Reply } from '../graph/reply.ts'
import { jsonReply } from '../graph/reply.ts'
import type { Received } from '../http/receive.ts'
import type { TenantSpec } from '../options.ts'
import { tenantSpecSchema } from '../options.ts'
import { registerApp } from '../state/app-registration.ts'
import { approvalAsGraph } from '../state/approvals.ts'
import { findApp, findTenant } from '../state/cloud.ts'
import type { Cloud } from '../state/cloud.ts'
import type { MadeTenant } from '../state/make-tenant.ts'
import { describeSettings, patchSettings, settingsPatchSchema } from '../state/settings.ts'
import type { ControlAct } from '../state/restore-journal.ts'
import type { SimTenant } from '../world.ts'
import { ControlError } from './control-error.ts'
import { applyPortalChanges } from './portal-changes.ts'
import { appRequestSchema, decisionSchema, portalChangesSchema } from './requests.ts'
import * as views from './views.ts'

export type ControlHandler = (received: Received) => Promise<Reply>

export interface ControlDeps {
  readonly cloud: Cloud
  /** Makes a tenant and takes it in. @throws ControlError when its name is taken */
  readonly addTenant: (spec: TenantSpec) => Promise<MadeTenant>
}

interface Request {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly text: string
}

export function createControl({ cloud, addTenant }: ControlDeps): ControlHandler {
  function journalAct(tenant: SimTenant | null, act: ControlAct): void {
    cloud.journal.append({ kind: 'control', tenant: tenant?.id ?? null, app: null, detail: { ...act } })
    cloud.journal.flush()
  }

  async function top(request: Request): Promise<unknown> {
    const [noun = ''] = request.path
    switch (`${request.method} ${noun}`) {
      case 'GET health':
        return { ok: true, pid: process.pid }
      case 'GET tenants':
        return cloud.tenants.values().map(views.describeTenant).toArray()
      case 'POST tenants': {
        const spec = parse(tenantSpecSchema, request.text)
        const { tenant, report } = await addTenant(spec)
        journalAct(tenant, { act: 'addTenant', spec })
        return { ...views.describeTenant(tenant), report }
      }
      case 'GET journal':
        return cloud.journal.read(journalQuery(request.query))
      case 'GET faults':
        return { faults: cloud.faults.describe() }
      case 'PUT faults':
        cloud.faults.replace(parse(faultPlanSchema, request.text))
        return { faults: cloud.faults.describe() }
      case 'DELETE faults':
        cloud.faults.replace({ faults: [] })
        return { faults: [] }
      case 'GET settings':
        return describeSettings(cloud.settings)
      case 'PATCH settings':
        return changeSettings(request.text)
      default:
        throw new ControlError(404, `There is no control request ${request.method} /_sim/${request.path.join('/')}.`)
    }
  }

  function changeSettings(text: string): unknown {
    const patch = parse(settingsPatchSchema, text)
    patchSettings(cloud.settings, patch)
    if (patch.throttling !== undefined) cloud.throttle.reset()
    if (patch.clockOffsetMs !== undefined) cloud.clock.moveTo(patch.clockOffsetMs)
    return describeSettings(cloud.settings)
  }

  function ofTenant(request: Request): unknown {
    const [, named = '', noun = '', id] = request.path
    const tenant = findTenant(cloud, decodeURIComponent(named))
    if (!tenant) throw new ControlError(404, `There is no tenant ${named}.`)
    switch (`${request.method} ${noun}`) {
      case 'GET ':
        return views.describeTenant(tenant)
      case 'GET objects':
        return objects(tenant, request.query.get('collection') ?? undefined)
      case 'GET groups':
        return [...tenant.groups.values()]
      case 'GET filters':
        return tenant.filters
          .values()
          .map(({ properties }) => properties)
          .toArray()
      case 'GET scopeTags':
        return tenant.scopeTags
          .values()
          .map(({ properties }) => properties)
          .toArray()
      case 'POST changes':
        applyPortalChanges(cloud, tenant, parse(portalChangesSchema, request.text).changes)
        return { ok: true }
      case 'POST apps': {
        const wanted = parse(appRequestSchema, request.text)
        journalAct(tenant, { act: 'registerApp', request: wanted })
        return views.describeApp(registerApp(tenant, wanted))
      }
      case 'DELETE apps':
        return removeApp(tenant, id ?? '')
      case 'GET approvals':
        return cloud.approvals.list(tenant.id, cloud.clock.now()).map(approvalAsGraph)
      case 'POST approvals':
        return decide(id ?? '', parse(decisionSchema, request.text).decision)
      default:
        throw new ControlError(404, `There is no control request ${request.method} /_sim/${request.path.join('/')}.`)
    }
  }

  function removeApp(tenant: SimTenant, named: string): unknown {
    const app = findApp(tenant, named)
    if (!app) throw new ControlError(404, `${tenant.name} has no app ${named}.`)
    tenant.apps.delete(app.clientId)
    journalAct(tenant, { act: 'removeApp', clientId: app.clientId })
    return { ok: true }
  }

  function decide(code: string, decision: 'approve' | 'reject'): unknown {
    const status = decision === 'approve' ? 'approved' : 'rejected'
    const request = cloud.approvals.decide(code, status, cloud.clock.now())
    if (!request) throw new ControlError(409, `No approval request ${code} waits for a decision.`)
    return approvalAsGraph(request)
  }

  return async ({ method, path, rawQuery, text }) => {
    const request: Request = {
      ...{ method, text },
      path: path
        .split('/')
        .slice(2)
        .filter((segment) => segment !== ''),
      query: new URLSearchParams(rawQuery),
    }
    try {
      const isOfTenant = request.path[0] === 'tenants' && request.path.length > 1
      return jsonReply(200, isOfTenant ? ofTenant(request) : await top(request))
    } catch (error) {
      if (error instanceof ControlError) return jsonReply(error.status, { error: error.message })
      throw error
    }
  }
}

function objects(tenant: SimTenant, collection: string | undefined): unknown {
  if (collection === undefined) return views.allObjects(tenant)
  const type = typeOf(collection)
  if (!type) throw new ControlError(404, `There is no collection ${collection}.`)
  return views.objectsOf(tenant, type)
}

const journalQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(100_000).default(10_000),
  tenant: z.string().optional(),
})

function journalQuery(query: URLSearchParams): { after: number; limit: number; tenant?: string | undefined } {
  return check(journalQuerySchema, Object.fromEntries(query))
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ControlError(400, 'The body is not JSON.')
  }
  return check(schema, value)
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ControlError(400, describeIssues(result.error))
}
