import { typeOf } from '../catalogue/catalogue.ts'
import type { ResourceType } from '../catalogue/resource-type.ts'
import { collectionOf, emptyTenant, type GraphObject, type SimObject, type SimTenant } from '../world.ts'
import { assignmentsFor } from './assignments.ts'
import type { Draft } from './draft.ts'
import { createFilters, type Filters } from './filters.ts'
import { lifetime } from './graph-dates.ts'
import { createDirectory, type Directory } from './groups.ts'
import { createNamer, type NameFacts } from './names.ts'
import { createOrganisation, type Organisation } from './organisation.ts'
import { fillPolicySet } from './policy-sets.ts'
import { policyCounts, type PolicyType } from './policy-types.ts'
import { createRandom, type Random } from './random.ts'
import { shapeOf } from './shapes.ts'
import { addNotificationTemplates, addScopeTags } from './tenant-basics.ts'

/**
 * Makes up a tenant that could be somebody's: its organisation, groups, filters, scope tags and policies of all types
 * with their assignments. Everything follows from `seed` and `name`; the same input makes the same tenant to the byte.
 */

export interface TenantWish {
  readonly name: string
  readonly seed: number | string
  /** How many assignable objects in all; from 50 on every type is there. */
  readonly policies: number
  /** About how many groups; left out: what an organisation with so many policies has. */
  readonly groups?: number
}

/** What the policies of one tenant are made with. */
interface Workshop {
  readonly tenant: SimTenant
  readonly organisation: Organisation
  readonly directory: Directory
  readonly filters: Filters
  readonly nameFor: (facts: NameFacts) => string
}

export function generateTenant({ name, seed, policies, groups }: TenantWish): SimTenant {
  const random = createRandom(`${seed}/${name}`)
  const workshop = openWorkshop(random, { name, policies, groups: groups ?? usualGroups(policies) })
  for (const [policyType, count] of policyCounts(policies)) makePolicies(random, workshop, policyType, count)
  return workshop.tenant
}

function usualGroups(policies: number): number {
  return Math.round(40 + 5 * Math.sqrt(policies))
}

function openWorkshop(
  random: Random,
  { name, policies, groups }: { name: string; policies: number; groups: number },
): Workshop {
  const organisation = createOrganisation(random.fork('organisation'), { name, policies })
  const tenant = emptyTenant({ id: random.fork('tenant').guid(), name, domain: organisation.domain })
  const directory = createDirectory(random.fork('groups'), organisation, groups)
  for (const [id, group] of directory.groups) tenant.groups.set(id, group)
  const filters = createFilters(random.fork('filters'), organisation)
  for (const [id, filter] of filters.all) tenant.filters.set(id, { id, properties: filter, assignments: [], sub: {} })
  addScopeTags(random.fork('scope tags'), tenant, organisation)
  addNotificationTemplates(random.fork('notifications'), tenant)
  return {
    tenant,
    organisation,
    directory,
    filters,
    nameFor: createNamer(random.fork('names'), organisation, policies),
  }
}

function makePolicies(
  tenantRandom: Random,
  workshop: Workshop,
  { collection, draft }: PolicyType,
  count: number,
): void {
  const random = tenantRandom.fork(collection)
  const type = typeOf(collection)
  if (!type) throw new Error(`The catalogue has no ${collection}.`)
  const objects = collectionOf(workshop.tenant, collection)
  for (let index = 0; index < count; index++) {
    const { organisation, tenant } = workshop
    const object = makeObject(random, workshop, type, draft({ random, organisation, tenant, index }))
    objects.set(object.id, object)
    if (type.entity === 'policySet') fillPolicySet(random, tenant, object)
  }
}

function makeObject(
  random: Random,
  { tenant, directory, filters, nameFor }: Workshop,
  type: ResourceType,
  draft: Draft,
): SimObject {
  const id = draft.id ?? random.guid()
  const name = draft.name ?? nameFor(draft)
  const properties = {
    ...commonProperties(random, tenant, draft),
    ...draft.values,
    id,
    [type.nameProperty]: name,
  }
  const assignments = type.assignments
    ? assignmentsFor(random, { rules: type.assignments, draft, name, directory, filters })
    : []
  return {
    id,
    properties: { '@odata.type': `#microsoft.graph.${draft.type}`, ...properties },
    assignments,
    sub: draft.sub ?? {},
  }
}

/** What any object has: all properties of its type, when it was made and changed, its description and scope tags. */
function commonProperties(random: Random, tenant: SimTenant, draft: Draft): GraphObject {
  const { created, modified } = lifetime(random)
  const scopeTags = scopeTagsFor(random, tenant)
  const common: GraphObject = {
    createdDateTime: created,
    creationDateTime: created,
    lastModifiedDateTime: modified,
    modifiedDateTime: modified,
    description: describe(random, draft),
    roleScopeTagIds: scopeTags,
    roleScopeTags: scopeTags,
    scopeIds: scopeTags,
  }
  const properties = { ...shapeOf(draft.type) }
  for (const name of Object.keys(common)) if (name in properties) properties[name] = common[name]
  return properties
}

function describe(random: Random, { subject, platform }: Draft): string {
  return random.pick([
    '',
    '',
    subject.de ?? subject.en,
    `${subject.en} for ${platform} devices`,
    `Owner: Endpoint team. Change: CHG${random.int(10_000, 99_999)}`,
    `Imported ${random.int(2022, 2026)}. Apply to all devices, exclude kiosks.`,
    `${subject.en}\r\nLast reviewed by security in Q${random.int(1, 4)}`,
  ])
}

function scopeTagsFor(random: Random, tenant: SimTenant): string[] {
  if (random.chance(0.8)) return ['0']
  const own = [...tenant.scopeTags.keys()].filter((id) => id !== '0')
  return random.chance(0.5) ? ['0', random.pick(own)] : [random.pick(own)]
}
