/**
 * Which application permission is needed for what, computed from the contracts alone. Reading and writing are apart,
 * so that a tenant that is only observed never grants a write.
 */
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { directory, foundations, organization } from '#graph/contracts/foundations.ts'
import type { Purpose } from '#domain/connections/connection.ts'

export interface PermissionNeed {
  readonly purpose: Purpose
  /** The least privileged permission: what to ask an administrator for. */
  readonly permission: string
  /** What cannot be done without it, for people. */
  readonly neededFor: readonly string[]
}

interface Use {
  readonly permissions: readonly string[]
  readonly what: string
}

/** Every permission the contracts ask for, readers' first, by name. */
export function permissionNeeds(contracts: readonly PolicyContract[]): PermissionNeed[] {
  const reads = contracts.map((contract) => ({ permissions: contract.permissions.read, what: contract.labelPlural }))
  const writes = contracts.map((contract) => ({
    permissions: capabilitiesOf(contract).permissions.write,
    what: contract.labelPlural,
  }))
  return [...byPermission('reader', [...reads, ...foundationReads]), ...byPermission('writer', writes)]
}

const foundationReads: readonly Use[] = [
  { permissions: directory.permissions.read, what: 'Names of groups' },
  { permissions: organization.permissions.read, what: 'Name of the organization' },
  ...foundations.map(({ permissions, labelPlural }) => ({ permissions: permissions.read, what: labelPlural })),
]

function byPermission(purpose: Purpose, uses: readonly Use[]): PermissionNeed[] {
  const permissions = [...new Set(uses.flatMap((use) => use.permissions))].toSorted()
  return permissions.map((permission) => {
    const what = uses.filter((use) => use.permissions.includes(permission)).map((use) => use.what)
    return { purpose, permission, neededFor: [...new Set(what)] }
  })
}

// Wider permissions on the directory that include reading the members' groups.
const widerThan: Readonly<Record<string, readonly string[]>> = {
  'GroupMember.Read.All': ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
}

/** Whether what was granted covers the permission: itself, its ReadWrite form, or a wider one. */
export function isGranted(permission: string, granted: ReadonlySet<string>): boolean {
  const readWrite = permission.replace(/\.Read\.All$/, '.ReadWrite.All')
  return [permission, readWrite, ...(widerThan[permission] ?? [])].some((candidate) => granted.has(candidate))
}

// Not needed, and read faster with: nothing to take away.
const welcome: Readonly<Record<Purpose, readonly string[]>> = { reader: directory.permissions.faster, writer: [] }

/** What was granted beyond what the contracts ask for, by name: a theft would be worth that much more. */
export function excessPermissions(
  needs: readonly PermissionNeed[],
  purpose: Purpose,
  granted: readonly string[],
): string[] {
  const needed = needs.filter((need) => need.purpose === purpose).map(({ permission }) => permission)
  return granted.filter((name) => ![...needed, ...welcome[purpose]].includes(name)).toSorted()
}
