/** Assignments in the words of the Intune portal, with names instead of ids. */
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'
import type { Assignment, AssignmentFilterUse, AssignmentTarget } from '#domain/assignments/assignment.ts'
import type { AssignmentDiff, ChangedAssignment } from '#domain/assignments/compare-assignments.ts'
import { bareTypeName } from '#domain/assignments/canonical-value.ts'
import { nameOrId } from '#domain/assignments/names.ts'
import type { Names } from '#domain/assignments/names.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'

/** `Pilot – Windows (group), filter include "Corporate laptops", required`. */
export function describeAssignment(assignment: Assignment, names: Names): string {
  const { target, filter, intent, settings, schedule, source } = assignment
  return [
    describeTarget(target, names),
    filter === null ? null : describeFilter(filter, names),
    intent ?? null,
    settings === undefined ? null : 'with install settings',
    schedule === undefined ? null : describeSchedule(schedule),
    source === 'policySet' ? 'from a policy set' : null,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly text: string
}

/** One line per difference: what was added, what was removed, and from what to what a target changed. */
export function describeDiff(diff: AssignmentDiff, names: Names): DiffLine[] {
  return [
    ...diff.added.map((assignment) => ({ kind: 'added' as const, text: describeAssignment(assignment, names) })),
    ...diff.removed.map((assignment) => ({ kind: 'removed' as const, text: describeAssignment(assignment, names) })),
    ...diff.changed.map((change) => ({ kind: 'changed' as const, text: describeChange(change, names) })),
  ]
}

/** `Pilot (group)`, `Kiosks (excluded group)`, `All users`. */
export function describeTarget(target: AssignmentTarget, names: Names): string {
  switch (target.kind) {
    case 'group':
      return `${groupName(target.groupId, names)} (group)`
    case 'exclusion':
      return `${groupName(target.groupId, names)} (excluded group)`
    case 'allUsers':
      return 'All users'
    case 'allDevices':
      return 'All devices'
    case 'configManagerCollection':
      return `${target.collectionId} (Configuration Manager collection)`
    case 'cloudPcGroup':
      return `${groupName(target.groupId, names)} (Cloud PC group${describeAllotment(target)})`
  }
}

export function describeFilter(filter: AssignmentFilterUse, names: Names): string {
  return `filter ${filter.mode} "${nameOrId(filter.id, names.filter(filter.id))}"`
}

function groupName(groupId: string, names: Names): string {
  if (groupId === virtualGroups.allUsers) return 'All users'
  if (groupId === virtualGroups.allDevices) return 'All devices'
  return nameOrId(groupId, names.group(groupId))
}

function describeAllotment(target: Extract<AssignmentTarget, { kind: 'cloudPcGroup' }>): string {
  const licenses = target.allotmentLicensesCount
  const allotment = target.allotmentDisplayName === undefined ? '' : `, allotment "${target.allotmentDisplayName}"`
  return `${allotment}${licenses === undefined ? '' : `, ${licenses} licenses`}`
}

/** `every day at 18:00 (device time)`, for the three schedules Graph has. */
function describeSchedule(schedule: unknown): string {
  const { '@odata.type': type, interval, time, date, useUtc } = schedule as Readonly<Record<string, unknown>>
  const zone = useUtc === true ? 'UTC' : 'device time'
  const at = typeof time === 'string' ? ` at ${time.replace(/:00$/, '')} (${zone})` : ''
  switch (bareTypeName(String(type))) {
    case 'deviceHealthScriptHourlySchedule':
      return interval === 1 ? 'every hour' : `every ${String(interval)} hours`
    case 'deviceHealthScriptDailySchedule':
      return `${interval === 1 ? 'every day' : `every ${String(interval)} days`}${at}`
    case 'deviceHealthScriptRunOnceSchedule':
      return `once on ${String(date)}${at}`
    default:
      return 'with a schedule'
  }
}

function describeChange({ from, to }: ChangedAssignment, names: Names): string {
  const differences = [
    difference('filter', filterWords(from, names), filterWords(to, names)),
    difference('intent', from.intent ?? 'none', to.intent ?? 'none'),
    difference('schedule', scheduleWords(from), scheduleWords(to)),
    ...settingDifferences(from.settings, to.settings),
  ].filter((part) => part !== null)
  const target = describeTarget(to.target, names)
  const before = describeTarget(from.target, names)
  return [before === target ? target : `${before} → ${target}`, ...differences].join(', ')
}

function difference(what: string, from: string, to: string): string | null {
  return from === to ? null : `${what} ${from} → ${to}`
}

function filterWords({ filter }: Assignment, names: Names): string {
  return filter === null ? 'none' : describeFilter(filter, names).replace(/^filter /, '')
}

function scheduleWords({ schedule }: Assignment): string {
  return schedule === undefined ? 'none' : describeSchedule(schedule)
}

function settingDifferences(from: unknown, to: unknown): string[] {
  const [before, after] = [members(from), members(to)]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => name !== '@odata.type')
    .map((name) => difference(name, settingWords(before[name]), settingWords(after[name])))
    .filter((part) => part !== null)
}

function members(settings: unknown): Readonly<Record<string, unknown>> {
  return typeof settings === 'object' && settings !== null ? { ...settings } : {}
}

function settingWords(value: unknown): string {
  if (value === undefined) return 'not set'
  return typeof value === 'string' ? value : canonicalJson(value)
}
