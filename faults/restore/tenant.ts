/** The tenant of one case: made in the simulator and in the database, with the policies of its scene. */
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { ObjectView, TenantView } from '../../simulator/control.ts'
import type { SimAssignment } from '../../simulator/world.ts'
import { graphRows } from './scene.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'

export interface CaseTenant {
  readonly ctx: TenantContext
  readonly view: TenantView
  readonly policies: readonly CastPolicy[]
  /** Where the simulator's journal was before anything was done to it. */
  readonly since: number
}

/** A policy of the simulated tenant that plays one of the scene. */
export interface CastPolicy {
  readonly type: PolicyType
  readonly collection: string
  readonly id: string
  readonly isPerTarget: boolean
  readonly desired: SimAssignment[]
  readonly wrecked: SimAssignment[]
}

// The fewest with which the generator makes some of every type.
const policyCount = 60

export async function addTenant(stage: Stage, scene: Scene, seed: number): Promise<CaseTenant> {
  const { control, database } = stage
  const workspace = await givenWorkspace(database.db)
  const name = `Contoso ${workspace.workspaceId.slice(-8)}`
  const added = await control.addTenant({ name, policies: policyCount, seed })
  const view = { ...added, apps: await registerAgain(stage, added) }
  const [objects, groups, filters] = await Promise.all([
    control.objects(view.id),
    control.groups(view.id),
    control.filters(view.id),
  ])
  const names = { groupIds: groups.map(({ id }) => id), filterId: String(filters[0]?.['id']) }
  const policies = cast(scene, objects).map(({ desired, wrecked, ...policy }) => ({
    ...policy,
    desired: graphRows(desired, names),
    wrecked: graphRows(wrecked, names),
  }))
  const { last: since } = await control.journal({ after: Number.MAX_SAFE_INTEGER, limit: 1 })
  return { ctx: await givenTenant(database.db, workspace, { name }), view, policies, since }
}

/** The same apps with secrets of their own. */
async function registerAgain({ control, watch }: Stage, { id, apps }: TenantView): Promise<TenantView['apps']> {
  const again = apps.map(({ name, permissions }) => ({
    name,
    permissions,
    secret: watch.canaries.make('client secret'),
  }))
  return Promise.all(again.map((app) => control.registerApp(id, app)))
}

/** Each policy of the scene is played by another object of its type. */
function cast({ policies }: Scene, objects: readonly ObjectView[]) {
  const free = [...objects]
  return policies.map((policy) => {
    const { collection } = contractOf(policy.type)
    const index = free.findIndex((object) => object.collection === collection)
    const [object] = index === -1 ? [] : free.splice(index, 1)
    if (object === undefined) throw new TypeError(`the simulated tenant has too few ${policy.type}`)
    return { ...policy, collection, id: object.id }
  })
}

/** Gives every policy of the scene the assignments of one side, as somebody does in the portal. */
export async function assignAll({ control }: Stage, tenant: CaseTenant, side: 'desired' | 'wrecked'): Promise<void> {
  const changes = tenant.policies.map(({ collection, id, ...sides }) => ({
    action: 'setAssignments' as const,
    collection,
    id,
    assignments: sides[side],
  }))
  await control.change(tenant.view.id, changes)
}
