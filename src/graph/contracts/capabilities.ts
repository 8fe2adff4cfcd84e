/**
 * What the product can do with a policy type: a pure function of its contract, pinned by `capabilities.golden.txt`.
 * Nothing else decides it, so a screen, a plan and a write can never disagree.
 */
import type { PolicyContract, Risk } from '#graph/contracts/contract.ts'
import { directory, foundations, organization } from '#graph/contracts/foundations.ts'
import { contracts } from '#graph/contracts/registry.ts'

/**
 * `full`: the whole set in one write. `perTarget`: target by target, not atomic. `previewOnly`: differences are shown,
 * nothing is written. `no`: the type has no assignments.
 */
export type Restorability = 'full' | 'perTarget' | 'previewOnly' | 'no'

export interface Capabilities {
  /** Whether its assignments can be read. */
  readonly canFetch: boolean
  readonly canRestore: Restorability
  /** How far a wrong write reaches. */
  readonly risk: Risk
  readonly permissions: { readonly read: readonly string[]; readonly write: readonly string[] }
}

export function capabilitiesOf(contract: PolicyContract): Capabilities {
  const canRestore = restorability(contract)
  const isWritten = canRestore === 'full' || canRestore === 'perTarget'
  return {
    canFetch: contract.assignmentsRead !== 'none',
    canRestore,
    risk: isWritten ? writeRisk(contract) : 'low',
    permissions: { read: contract.permissions.read, write: isWritten ? contract.permissions.write : [] },
  }
}

/** Everything the reader and the writer app need for some policy types and their foundations, sorted. */
export function requiredPermissions(of: readonly PolicyContract[] = contracts): {
  readonly read: readonly string[]
  readonly write: readonly string[]
} {
  const foundationReads = [directory, organization, ...foundations].flatMap((foundation) => foundation.permissions.read)
  return {
    read: sortedUnique([...of.flatMap((contract) => contract.permissions.read), ...foundationReads]),
    write: sortedUnique(of.flatMap((contract) => capabilitiesOf(contract).permissions.write)),
  }
}

function restorability(contract: PolicyContract): Restorability {
  if (contract.assignmentsRead === 'none') return 'no'
  if (contract.assign.kind === 'unsupported' || contract.targets.length === 0) return 'previewOnly'
  return contract.assign.kind === 'perTarget' ? 'perTarget' : 'full'
}

/** High: not atomic, or an assignment installs, removes or runs something. Medium: one target can mean everybody. */
function writeRisk(contract: PolicyContract): Risk {
  const acts = contract.assignmentProperties.some((property) => property !== 'settings')
  if (contract.assign.kind === 'perTarget' || acts) return 'high'
  const reachesEverybody = contract.targets.includes('allUsers') || contract.targets.includes('allDevices')
  return reachesEverybody ? 'medium' : 'low'
}

function sortedUnique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted()
}
