/** The control API below `/_sim/`: the truth, the journal, faults, settings, and what happens behind Graph's back. */
import { z } from 'zod'
import { typeOf } from '../catalogue/catalogue.ts'
import { describeIssues, faultPlanSchema } from '../faults/fault-plan.ts'
import type { Reply } from '../graph/reply.ts'
import { jsonReply } from '../graph/reply.ts'
import { decodeLoosely } from '../http/decode.ts'
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

  /** By method and noun after `/_sim/`. */
  const topRequests: Requests<[]> = {
    'GET health': () => ({ ok: true, pid: process.pid }),
    'GET tenants': () => cloud.tenants.values().map(views.describeTenant).toArray(),
    'POST tenants': async ({ text }) => {
      const spec = parse(tenantSpecSchema, text)
      const { tenant, report } = await addTenant(spec)
      journalAct(tenant, { act: 'addTenant', spec })
      return { ...views.describeTenant(tenant), report }
    },
    'GET journal': ({ query }) => cloud.journal.read(journalQuery(query)),
    'GET faults': () => ({ faults: cloud.faults.describe() }),
    'PUT faults': ({ text }) => {
      cloud.faults.replace(parse(faultPlanSchema, text))
      return { faults: cloud.faults.describe() }
    },
    'DELETE faults': () => {
      cloud.faults.replace({ faults: [] })
      return { faults: [] }
    },
    'GET settings': () => describeSettings(cloud.settings),
    'PATCH settings': ({ text }) => changeSettings(text),
  }

  /** By method and noun after `/_sim/tenants/{tenant}/`. */
  const tenantRequests: Requests<[tenant: SimTenant, id: string]> = {
    'GET ': (_request, tenant) => views.describeTenant(tenant),
    'GET objects': ({ query }, tenant) => objects(tenant, query.get('collection') ?? undefined),
    'GET groups': (_request, tenant) => [...tenant.groups.values()],
    'GET filters': (_request, { filters }) =>
      filters
        .values()
        .map(({ properties }) => properties)
        .toArray(),
    'GET scopeTags': (_request, { scopeTags }) =>
      scopeTags
        .values()
        .map(({ properties }) => properties)
        .toArray(),
    'GET people': (_request, { people }) => [...people.values()],
    'POST changes': ({ text }, tenant) => {
      applyPortalChanges(cloud, tenant, parse(portalChangesSchema, text).changes)
      return { ok: true }
    },
    'POST apps': ({ text }, tenant) => {
      const wanted = parse(appRequestSchema, text)
      journalAct(tenant, { act: 'registerApp', request: wanted })
      return views.describeApp(registerApp(tenant, wanted))
    },
    'DELETE apps': (_request, tenant, id) => removeApp(tenant, id),
    'GET approvals': (_request, { id }) => cloud.approvals.list(id, cloud.clock.now()).map(approvalAsGraph),
    'POST approvals': ({ text }, _tenant, code) => decide(code, parse(decisionSchema, text).decision),
  }

  function changeSettings(text: string): unknown {
    const patch = parse(settingsPatchSchema, text)
    patchSettings(cloud.settings, patch)
    if (patch.throttling !== undefined) cloud.throttle.reset()
    if (patch.clockOffsetMs !== undefined) cloud.clock.moveTo(patch.clockOffsetMs)
    return describeSettings(cloud.settings)
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

  async function answer(request: Request): Promise<unknown> {
    const { method, path } = request
    const [noun = '', named, below = '', id = ''] = path
    if (noun !== 'tenants' || named === undefined) return handlerOf(topRequests, `${method} ${noun}`)(request)
    const tenant = findTenant(cloud, decodeLoosely(named))
    if (!tenant) throw new ControlError(404, `There is no tenant ${named}.`)
    return handlerOf(tenantRequests, `${method} ${below}`)(request, tenant, decodeLoosely(id))
  }

  return async ({ method, path, rawQuery, text }) => {
    const segments = path.split('/').slice(2)
    const query = new URLSearchParams(rawQuery)
    try {
      return jsonReply(200, await answer({ method, path: segments.filter((segment) => segment !== ''), query, text }))
    } catch (error) {
      if (error instanceof ControlError) return jsonReply(error.status, { error: error.message })
      throw error
    }
  }
}

type Requests<More extends unknown[]> = Readonly<Record<string, (request: Request, ...more: More) => unknown>>

function handlerOf<More extends unknown[]>(requests: Requests<More>, name: string) {
  const handler = requests[name]
  if (!handler) throw new ControlError(404, `There is no control request '${name}'.`)
  return handler
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
