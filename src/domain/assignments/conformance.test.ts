/** The normal form against what the live service returned: public samples and real exports (data folder `../shared`). */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeAssignment } from '#domain/assignments/describe-assignment.ts'
import { noNames } from '#domain/assignments/names.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { sha256Hex } from '#foundation/kernel/canonical-json.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contracts } from '#graph/contracts/registry.ts'

const shared = new URL('../../../../shared/', import.meta.url).pathname
const hasShared = existsSync(shared)

interface Observed {
  readonly samples: readonly { readonly resource: string; readonly value: GraphObject }[]
}

describe.skipIf(!hasShared)('normalizeAssignments() on observed assignments (needs ../shared)', () => {
  // One line per sample, in its order.
  const expected = [
    'configurationPolicies: All devices',
    'configurationPolicies: All users',
    'configurationPolicies: e902ad4f-5e54-4621-9650-8844ca1e9d41 (group)',
    'configurationPolicies: caaaa83f-34d5-4445-befd-69ff875679fb (excluded group)',
    'deviceHealthScripts: All devices, every day at 18:00 (device time)',
    'deviceManagementScripts: All devices',
    'deviceManagementScripts: All devices',
    'groupPolicyConfigurations: All users',
    'deviceEnrollmentConfigurations: All devices',
    'windowsAutopilotDeploymentProfiles: 07ad3697-bdce-4727-86cf-b3b40c0ec1d6 (group)',
    'deviceConfigurations: All devices, apply',
    'deviceCompliancePolicies: All users',
    'iosManagedAppProtections: [SWC] - Intune-Users',
  ]

  it('understands each as a person would', () => {
    const observed = JSON.parse(
      readFileSync(join(shared, 'graph/protocol/observed-assignments.json'), 'utf8'),
    ) as Observed
    expect(observed.samples.flatMap(wordsOf)).toEqual(expected)
  })

  function wordsOf({ resource, value }: Observed['samples'][number]): string[] {
    const key = resource.replace(/ .*/, '').replace('managedAppProtections', 'iosManagedAppProtections')
    const contract = contractNamed(key)
    return rowsOf(value).map((row) => {
      const [assignment] = normalizeAssignments(contract, [withGroupId(row)]).set.assignments
      const name = groupNameOf(row)
      return `${key}: ${assignment && !name ? describeAssignment(assignment, noNames) : name}`
    })
  }
})

describe.skipIf(!hasShared)('normalizeAssignments() on real exports (needs ../shared)', () => {
  const files = globSync('exports/**/*.json', { cwd: shared })

  it('understands every inline assignment', () => {
    const counts = { files: 0, assignments: 0 }
    for (const file of files) {
      const rows = rowsOf(JSON.parse(readFileSync(join(shared, file), 'utf8')) as GraphObject)
      for (const contract of rows.length > 0 ? contractsFor(file) : []) {
        const { set, unknownProperties } = normalizeAssignments(contract, rows.map(withGroupId))
        expect({ file, count: set.assignments.length }).toEqual({ file, count: rows.length })
        expect(unknownProperties.filter((name) => !exportOnly.includes(name))).toEqual([])
        counts.files += 1
        counts.assignments += rows.length
      }
    }
    expect(counts).toEqual({ files: 34, assignments: 34 })
  })
})

// What IntuneCD writes beside the target, for people.
const exportOnly = ['target.groupName', 'target.groupType', 'target.membershipRule']

const folders: Readonly<Record<string, string>> = {
  'App Protection': 'iosManagedAppProtections',
  'Compliance Policies': 'deviceCompliancePolicies',
  'Device Configurations': 'deviceConfigurations',
  'Enrollment Configurations': 'deviceEnrollmentConfigurations',
  'Enrollment Profiles': 'windowsAutopilotDeploymentProfiles',
  'Settings Catalog': 'configurationPolicies',
}

function contractsFor(file: string): PolicyContract[] {
  const folder = file.split('/')[3]
  const key = folder === undefined ? undefined : folders[folder]
  if (key === undefined) throw new Error(`no policy type for ${file}`)
  return [contractNamed(key)]
}

function contractNamed(key: string): PolicyContract {
  const contract = contracts.find((candidate) => candidate.key === key)
  if (!contract) throw new Error(`no contract ${key}`)
  return contract
}

function rowsOf(value: GraphObject): GraphObject[] {
  if (Array.isArray(value['assignments'])) return value['assignments'] as GraphObject[]
  return 'target' in value ? [value] : []
}

/** Exports name groups; an import maps the name to an id, here one made of the name. */
function withGroupId(row: GraphObject): GraphObject {
  const name = groupNameOf(row)
  if (!name) return row
  const hex = sha256Hex(name)
  const groupId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  return { ...row, target: { ...(row['target'] as object), groupId } }
}

function groupNameOf(row: GraphObject): string {
  return (row['target'] as { groupName?: string }).groupName ?? ''
}
