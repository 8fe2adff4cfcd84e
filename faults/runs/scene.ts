/** What a case's run is about, drawn from the seed. */
import type { InputOf, OperationType } from '#domain/operations/catalog.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import type { ObjectView } from '../../simulator/control.ts'
import type { GraphTruth } from './evidence.ts'

/** Types of which the simulated tenant has some, and where Graph has them. */
const collections = {
  configurationPolicies: '/deviceManagement/configurationPolicies',
  deviceConfigurations: '/deviceManagement/deviceConfigurations',
  deviceCompliancePolicies: '/deviceManagement/deviceCompliancePolicies',
  deviceShellScripts: '/deviceManagement/deviceShellScripts',
  termsAndConditions: '/deviceManagement/termsAndConditions',
} as const satisfies Partial<Record<PolicyType, string>>

export type SceneType = keyof typeof collections
export const sceneTypes = Object.keys(collections) as readonly SceneType[]

export type SceneOperation = 'assignments.fetch' | 'backup.capture' | 'inventory.sync'

export interface Scene {
  readonly operation: SceneOperation
  /** In the order in which they are read; none: all there are. */
  readonly types: readonly SceneType[]
  /** One of them, which Graph refuses to list. */
  readonly refused: SceneType | null
}

export interface ScenePlan {
  /** Only these operations. */
  readonly operations?: readonly SceneOperation[]
  /** Nothing of it is refused. */
  readonly isSound?: boolean
}

/** Mostly small runs: what goes wrong goes wrong between two statements. */
const usual: readonly SceneOperation[] = ['assignments.fetch', 'assignments.fetch', 'backup.capture']

export function drawScene(draw: Draw, plan: ScenePlan = {}): Scene {
  const operation = drawOperation(draw, plan)
  if (operation === 'inventory.sync') return { operation, types: [], refused: null }
  const types = drawTypes(draw)
  const mayRefuse = plan.isSound !== true && types.length === 2 && draw(4) === 0
  return { operation, types, refused: mayRefuse ? (types[draw(2)] ?? null) : null }
}

type Draw = (choices: number) => number

/** One in twelve is a large one, where it may be. */
function drawOperation(draw: Draw, { operations }: ScenePlan): SceneOperation {
  const isLarge = draw(12) === 0
  if (isLarge && (operations === undefined || operations.includes('inventory.sync'))) return 'inventory.sync'
  const small = (operations ?? usual).filter((one) => one !== 'inventory.sync')
  return small[draw(small.length)] ?? 'assignments.fetch'
}

/** One or two different ones. */
function drawTypes(draw: Draw): SceneType[] {
  const first = draw(sceneTypes.length)
  return [first, first + 1 + draw(sceneTypes.length - 1)]
    .slice(0, 1 + draw(2))
    .flatMap((index) => sceneTypes[index % sceneTypes.length] ?? [])
}

export function inputOf({ operation, types }: Scene): InputOf<OperationType> {
  switch (operation) {
    case 'assignments.fetch':
      return { what: { kind: 'types', types: [...types] as [SceneType, ...SceneType[]] } }
    case 'backup.capture':
      return { types: [...types] as [SceneType, ...SceneType[]] }
    case 'inventory.sync':
      return {}
  }
}

/** How often an undisturbed run passes what comes once per item, or once per plan. */
export function visitsOf({ operation, types }: Scene): { readonly record: number; readonly plan: number } {
  switch (operation) {
    // A page and the list of each type, the three foundations, and what is orphaned.
    case 'assignments.fetch':
      return { record: 2 * types.length + 4, plan: 0 }
    // Each type and the four foundations.
    case 'backup.capture':
      return { record: types.length + 4, plan: 1 }
    // At least: types come and go.
    case 'inventory.sync':
      return { record: 30, plan: 1 }
  }
}

export function outcomeOf({ refused }: Scene): 'succeeded' | 'partially_succeeded' {
  return refused === null ? 'succeeded' : 'partially_succeeded'
}

/** Null where the run is about more than the simulator's objects say. */
export function truthOf({ operation, types, refused }: Scene, objects: readonly ObjectView[]): GraphTruth | null {
  if (operation === 'inventory.sync') return null
  const policies = types
    .filter((type) => type !== refused)
    .flatMap((type) =>
      objects.flatMap(({ collection, id }) => (collection === collections[type] ? [`${type}/${id}`] : [])),
    )
  return {
    policies,
    refused: refused === null ? [] : [refused],
    items: operation === 'assignments.fetch' ? 'policies' : 'types',
  }
}

export function collectionOf(type: SceneType): string {
  return collections[type]
}
