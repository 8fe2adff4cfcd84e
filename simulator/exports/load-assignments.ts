import type { AssignmentRules } from '../catalogue/resource-type.ts'
import { virtualGroups, type GraphObject, type SimAssignment, type SimTarget } from '../world.ts'
import type { DirectoryOfNames } from './directory-of-names.ts'
import { ExportError } from './export-file.ts'
import { isObject, without, withoutAnnotations } from './graph-json.ts'

export interface LoadedAssignments {
  readonly assignments: SimAssignment[]
  /** What a reader of the report should know, e.g. that a group is not in the export. */
  readonly notes: readonly string[]
}

/** The rows of an export as they are kept: names become ids, what the service makes itself is left out. @throws ExportError */
export function loadAssignments(
  rows: readonly unknown[],
  { rules, directory, platform }: { rules: AssignmentRules; directory: DirectoryOfNames; platform: string },
): LoadedAssignments {
  const notes: string[] = []
  const assignments: SimAssignment[] = []
  for (const row of rows) {
    const given = isObject(row) ? withoutAnnotations(row) : {}
    if (!isObject(given['target'])) throw new ExportError('an assignment has no target')
    const target = loadTarget(given['target'], { directory, platform, notes })
    assignments.push({ target, ...extrasOf(rules, given), ...sourceOf(given) })
  }
  return { assignments, notes }
}

interface TargetContext {
  readonly directory: DirectoryOfNames
  readonly platform: string
  readonly notes: string[]
}

function loadTarget(given: GraphObject, context: TargetContext): SimTarget {
  const type = given['@odata.type']
  if (typeof type !== 'string') throw new ExportError('an assignment target has no @odata.type')
  const group = /group/i.test(type) ? groupOf(given, context) : {}
  const others = Object.entries(without(given, writtenByName)).filter(([, value]) => value !== null)
  return {
    ...Object.fromEntries(others),
    '@odata.type': `#${type.replace(/^#/, '')}`,
    ...group,
    ...filterOf(given, context),
  }
}

const writtenByName = [
  'groupId',
  'groupName',
  'groupType',
  'membershipRule',
  'deviceAndAppManagementAssignmentFilterId',
  'deviceAndAppManagementAssignmentFilterType',
]

/** By id where there is one, else by the name the export tool wrote in its place. */
function groupOf(given: GraphObject, { directory, notes }: TargetContext): { groupId: string } {
  const { groupId, groupName, groupType, membershipRule } = given
  if (typeof groupId === 'string' && groupId !== '') return groupWithId(groupId, directory, notes)
  if (typeof groupName !== 'string' || groupName === '')
    throw new ExportError('a group target has neither groupId nor groupName')
  const rule = typeof membershipRule === 'string' && membershipRule !== '' ? membershipRule : null
  return { groupId: directory.groupNamed(groupName, { rule, isDynamic: groupType === 'DynamicMembership' }) }
}

const virtualIds: readonly string[] = Object.values(virtualGroups)

function groupWithId(groupId: string, directory: DirectoryOfNames, notes: string[]): { groupId: string } {
  const found = virtualIds.includes(groupId) ? 'known' : directory.groupWithId(groupId)
  if (found === 'invented') notes.push(`group ${groupId} is not in the export: made up`)
  if (found === 'deleted') notes.push(`group ${groupId} is not among the groups of the export: taken as deleted`)
  return { groupId }
}

const noFilter = ['', 'none', '00000000-0000-0000-0000-000000000000']

function filterOf(given: GraphObject, { directory, platform }: TargetContext): GraphObject {
  const id = given['deviceAndAppManagementAssignmentFilterId']
  const mode = given['deviceAndAppManagementAssignmentFilterType']
  if (typeof id !== 'string' || noFilter.includes(id) || mode === 'none') return {}
  // Without its mode the filter would have to be left out, and the policy would reach more devices than it did.
  if (mode !== 'include' && mode !== 'exclude') throw new ExportError(`filter ${id} has no include or exclude`)
  return {
    deviceAndAppManagementAssignmentFilterId: directory.filterFor(id, platform),
    deviceAndAppManagementAssignmentFilterType: mode,
  }
}

function extrasOf(rules: AssignmentRules, given: GraphObject): GraphObject {
  const present = rules.extras.filter((name) => given[name] !== undefined && given[name] !== null)
  return Object.fromEntries(present.map((name) => [name, given[name]]))
}

function sourceOf({ source, sourceId }: GraphObject): Pick<SimAssignment, 'source' | 'sourceId'> {
  if (source !== 'policySets') return {}
  return { source, ...(typeof sourceId === 'string' ? { sourceId } : {}) }
}
