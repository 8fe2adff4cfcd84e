import { describe, expect, test } from 'vitest'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import { filterIds, groupIds } from '#domain/assignments/testing.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { planItem } from '#domain/restore/plan-item.ts'
import type { Directory, Live, PlannedItem, PlanSubject } from '#domain/restore/plan-item.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

const [pilot = '', kiosk = ''] = groupIds
const [laptops = ''] = filterIds
const group = (groupId: string): Assignment => ({ target: { kind: 'group', groupId }, filter: null, source: 'direct' })
const exclusion = (groupId: string): Assignment => ({
  target: { kind: 'exclusion', groupId },
  filter: null,
  source: 'direct',
})
const allDevices: Assignment = { target: { kind: 'allDevices' }, filter: null, source: 'direct' }
const filtered: Assignment = { ...group(pilot), filter: { id: laptops, mode: 'include' } }

const everythingIsThere: Directory = {
  groupState: () => 'found',
  filterState: () => 'found',
  group: (id) => ({ name: id === pilot ? 'Pilot' : 'Kiosks', isDeleted: false }),
  filter: () => ({ name: 'Laptops', isDeleted: false }),
  scopeTag: () => undefined,
}

function live(assignments: readonly Assignment[], row: Record<string, unknown> = {}): Live {
  return { state: 'read', row, assignments: assignmentSet(assignments) }
}

function plan(
  wanted: readonly Assignment[],
  found: Live,
  { type = 'configurationPolicies', ...rest }: Partial<Omit<PlanSubject, 'contract'>> & { type?: PolicyType } = {},
): PlannedItem {
  const known = { state: 'known', assignments: wanted } as const
  return planItem({
    contract: contractOf(type),
    mode: 'replace',
    directory: everythingIsThere,
    wanted: known,
    live: found,
    ...rest,
  })
}

function reasonOf(item: PlannedItem): string {
  return item.plan === 'skip' ? item.refusal.reason : item.plan
}

describe('planItem', () => {
  test('writes the wanted set and says the difference in names', () => {
    const item = plan([group(pilot), exclusion(kiosk)], live([allDevices]))
    expect(item).toMatchObject({
      plan: 'write',
      diff: [
        { kind: 'added', text: 'Pilot (group)' },
        { kind: 'added', text: 'Kiosks (excluded group)' },
        { kind: 'removed', text: 'All devices' },
      ],
    })
  })

  test('writes nothing where live is equal, and asks nothing of its targets', () => {
    const directory: Directory = { ...everythingIsThere, groupState: () => 'missing' }
    expect(reasonOf(plan([group(pilot)], live([group(pilot)]), { directory }))).toBe('no_change')
  })

  test('leaves a policy out whose group is gone, in no way narrowed or broadened', () => {
    const directory: Directory = { ...everythingIsThere, groupState: (id) => (id === pilot ? 'missing' : 'found') }
    const item = plan([group(pilot), group(kiosk)], live([allDevices]), { directory })
    expect(item).toMatchObject({ plan: 'skip', cause: 'targets', refusal: { reason: 'not_found' } })
    expect(item.plan === 'skip' && item.refusal.message).toContain('group "Pilot"')
  })

  test('leaves a policy out whose filter is gone instead of writing it without', () => {
    const directory: Directory = { ...everythingIsThere, filterState: () => 'missing' }
    expect(reasonOf(plan([filtered], live([group(pilot)]), { directory }))).toBe('not_found')
  })

  test('leaves a policy out whose targets could not be looked up', () => {
    const directory: Directory = { ...everythingIsThere, groupState: () => 'unread' }
    expect(reasonOf(plan([group(pilot)], live([]), { directory }))).toBe('incomplete_read')
  })

  test('leaves a policy out that vanished, that is unread, or whose snapshot is damaged', () => {
    const damaged = { state: 'unusable', refusal: { reason: 'damaged', message: 'x' } } as const
    expect(reasonOf(plan([group(pilot)], { state: 'missing' }))).toBe('not_found')
    expect(reasonOf(plan([group(pilot)], { state: 'unread', problem: { reason: 'throttled', message: 'x' } }))).toBe(
      'throttled',
    )
    expect(reasonOf(plan([], live([]), { wanted: damaged }))).toBe('damaged')
  })

  test('leaves a policy out whose type cannot say an assignment', () => {
    expect(reasonOf(plan([filtered], live([]), { type: 'deviceManagementScripts' }))).toBe('unsupported')
  })

  test('shows what a policy set would need and never writes it', () => {
    const item = plan([group(pilot)], live([]), { type: 'policySets' })
    expect(item).toMatchObject({ plan: 'skip', refusal: { reason: 'unsupported' }, diff: [{ kind: 'added' }] })
  })

  test('never writes what belongs to the service', () => {
    const item = plan([group(pilot)], live([allDevices], { priority: 0 }), { type: 'deviceEnrollmentConfigurations' })
    expect(reasonOf(item)).toBe('not_applicable')
  })

  test('waits for an app to be published', () => {
    const app = { ...group(pilot), intent: 'required' }
    expect(reasonOf(plan([app], live([], { publishingState: 'processing' }), { type: 'mobileApps' }))).toBe(
      'invalid_state',
    )
    expect(reasonOf(plan([app], live([], { publishingState: 'published' }), { type: 'mobileApps' }))).toBe('write')
  })

  test('says when a policy will reach all devices that it does not reach now', () => {
    expect(plan([allDevices], live([group(pilot)]))).toMatchObject({ notices: ['all_devices'] })
    expect(plan([allDevices, group(pilot)], live([allDevices]))).toMatchObject({ notices: [] })
  })

  test('asks of a target-by-target type only that the additions can be written', () => {
    const directory: Directory = { ...everythingIsThere, groupState: (id) => (id === kiosk ? 'missing' : 'found') }
    const item = plan([group(pilot), group(kiosk)], live([group(kiosk)]), {
      directory,
      type: 'windowsAutopilotDeploymentProfiles',
    })
    expect(reasonOf(item)).toBe('write')
  })

  test('merge keeps what live has, removeExtra takes only what the backup lacks', () => {
    const merged = plan([group(pilot)], live([group(kiosk)]), { mode: 'merge' })
    expect(merged).toMatchObject({ plan: 'write', diff: [{ kind: 'added', text: 'Pilot (group)' }] })
    const lean = plan([group(pilot)], live([group(pilot), group(kiosk)]), { mode: 'removeExtra' })
    expect(lean).toMatchObject({ plan: 'write', diff: [{ kind: 'removed', text: 'Kiosks (group)' }] })
  })
})
