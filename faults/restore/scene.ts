/** What a case is played on: five wrecked policies, drawn from the seed. */
import type { PolicyType } from '#graph/contracts/contract.ts'
import { createRandom } from '../../simulator/faults/random.ts'
import type { SimAssignment, SimTarget } from '../../simulator/world.ts'

export interface Scene {
  readonly policies: readonly ScenePolicy[]
}

export interface ScenePolicy {
  readonly type: PolicyType
  /** Written target by target: Graph has no action for it that replaces the whole set. */
  readonly isPerTarget: boolean
  /** As it is when the backup is made, and as the restore shall leave it. */
  readonly desired: readonly Row[]
  /** As the accident leaves it. */
  readonly wrecked: readonly Row[]
}

/** A target by the number of its group in the tenant. */
type Row =
  | { readonly to: 'group'; readonly group: number; readonly filtered?: boolean }
  | { readonly to: 'exclusion'; readonly group: number }
  | { readonly to: 'allDevices' }

const group = (number: number): Row => ({ to: 'group', group: number })
const filtered = (number: number): Row => ({ to: 'group', group: number, filtered: true })
const exclusion = (number: number): Row => ({ to: 'exclusion', group: number })

interface Sides {
  readonly desired: readonly Row[]
  readonly wrecked: readonly Row[]
}

const accidents: readonly Sides[] = [
  { desired: [group(0), group(1)], wrecked: [{ to: 'allDevices' }] },
  { desired: [group(0), exclusion(1)], wrecked: [group(0)] },
  { desired: [group(0), group(1)], wrecked: [] },
  { desired: [group(0)], wrecked: [group(0), group(1)] },
  { desired: [], wrecked: [group(2)] },
]

const filterAccidents: readonly Sides[] = [...accidents, { desired: [filtered(0)], wrecked: [group(0)] }]

/** The same scene for the same seed. */
export function drawScene(seed: number): Scene {
  const random = createRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const anyOf = (sides: readonly Sides[]): Sides => sides[below(sides.length)] ?? { desired: [], wrecked: [] }
  return {
    policies: [
      { type: 'configurationPolicies', isPerTarget: false, ...anyOf(filterAccidents) },
      { type: 'configurationPolicies', isPerTarget: false, ...anyOf(filterAccidents) },
      { type: 'deviceManagementScripts', isPerTarget: false, ...anyOf(accidents) },
      { type: 'termsAndConditions', isPerTarget: true, ...exchanged(below) },
      { type: 'windowsAutopilotDeploymentProfiles', isPerTarget: true, ...exchanged(below), ...turned(below) },
    ],
  }
}

/** Some groups stay, one to three come, one to three go. */
function exchanged(below: (limit: number) => number): Sides {
  const stays = [group(0), group(1)].slice(0, below(3))
  const comes = [group(2), group(3), group(4)].slice(0, 1 + below(3))
  const goes = [group(5), group(6), group(7)].slice(0, 1 + below(3))
  return { desired: [...stays, ...comes], wrecked: [...stays, ...goes] }
}

/** Now and then a group that was left out is let in: live can hold only one of the two. */
function turned(below: (limit: number) => number): Sides | undefined {
  if (below(2) === 0) return undefined
  return { desired: [group(0), exclusion(5), group(2)], wrecked: [group(0), group(5), group(6)] }
}

const prefix = '#microsoft.graph.'

/** Rows as Graph has them. */
export function graphRows(
  rows: readonly Row[],
  { groupIds, filterId }: { readonly groupIds: readonly string[]; readonly filterId: string },
): SimAssignment[] {
  return rows.map((row): SimAssignment => {
    if (row.to === 'allDevices') return { target: { '@odata.type': `${prefix}allDevicesAssignmentTarget` } }
    const kind = row.to === 'group' ? 'groupAssignmentTarget' : 'exclusionGroupAssignmentTarget'
    const target: SimTarget = { '@odata.type': `${prefix}${kind}`, groupId: groupIds[row.group] }
    if (row.to === 'exclusion' || row.filtered !== true) return { target }
    const filter = {
      deviceAndAppManagementAssignmentFilterId: filterId,
      deviceAndAppManagementAssignmentFilterType: 'include',
    }
    return { target: { ...target, ...filter } }
  })
}

/** How often the undisturbed restore of a scene passes a place of each kind. */
export function visitsOf({ policies }: Scene) {
  const number = (rows: readonly Row[], others: readonly Row[]) =>
    rows.filter((row) => !others.some(isSame(row))).length
  const listed = policies.filter(({ isPerTarget }) => isPerTarget)
  const addition = sum(listed.map(({ desired, wrecked }) => number(desired, wrecked)))
  const removal = sum(listed.map(({ desired, wrecked }) => number(wrecked, desired)))
  return {
    once: 1,
    policy: policies.length,
    addition,
    removal,
    request: policies.length - listed.length + addition + removal,
  }
}

function isSame(row: Row): (other: Row) => boolean {
  return (other) => JSON.stringify(other) === JSON.stringify(row)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
