/** Random assignments for property tests, from few ids, so that random sets meet in their targets. */
import fc from 'fast-check'
import type { Assignment, AssignmentFilterUse, AssignmentTarget } from '#domain/assignments/assignment.ts'
import type { PolicyContract, TargetKind } from '#graph/contracts/contract.ts'

export const groupIds = ['11111111', '22222222', '33333333', '44444444'].map(
  (start) => `${start}-0000-4000-8000-000000000000`,
)
export const filterIds = ['aaaaaaaa', 'bbbbbbbb'].map((start) => `${start}-0000-4000-8000-00000000000f`)

const groupId = fc.constantFrom(...groupIds)
const filter = fc.option(
  fc.record({ id: fc.constantFrom(...filterIds), mode: fc.constantFrom('include', 'exclude') }),
) satisfies fc.Arbitrary<AssignmentFilterUse | null>

const targets = {
  group: groupId.map((id) => ({ kind: 'group', groupId: id })),
  exclusion: groupId.map((id) => ({ kind: 'exclusion', groupId: id })),
  allUsers: fc.constant({ kind: 'allUsers' }),
  allDevices: fc.constant({ kind: 'allDevices' }),
  configManagerCollection: fc
    .constantFrom('SMS00001', 'SMS00002')
    .map((collectionId) => ({ kind: 'configManagerCollection', collectionId })),
  cloudPcGroup: fc
    .record(
      {
        groupId,
        servicePlanId: fc.constantFrom('plan-a', 'plan-b'),
        allotmentDisplayName: fc.constantFrom('Shift A', 'Shift B'),
        allotmentLicensesCount: fc.nat(50),
      },
      { requiredKeys: ['groupId'] },
    )
    .map((own) => ({ kind: 'cloudPcGroup', ...own })),
} as const satisfies Record<TargetKind, fc.Arbitrary<AssignmentTarget>>

const installIntent = fc.constantFrom('available', 'required', 'uninstall', 'availableWithoutEnrollment')
const configurationIntent = fc.constantFrom('apply', 'remove')
const settings = fc.record({
  '@odata.type': fc.constant('#microsoft.graph.win32LobAppAssignmentSettings'),
  notifications: fc.constantFrom('showAll', 'hideAll'),
  installTimeSettings: fc.record({ useLocalTime: fc.boolean(), deadlineDateTime: fc.constant('2026-03-01T08:00:00Z') }),
})
const schedule = fc.oneof(
  fc.record({
    '@odata.type': fc.constant('#microsoft.graph.deviceHealthScriptDailySchedule'),
    interval: fc.integer({ min: 1, max: 5 }),
    time: fc.constantFrom('18:00:00', '06:30:15'),
    useUtc: fc.boolean(),
  }),
  fc.record({
    '@odata.type': fc.constant('#microsoft.graph.deviceHealthScriptHourlySchedule'),
    interval: fc.integer({ min: 1, max: 23 }),
  }),
)

/** Any set of direct assignments as one policy could have them, apps and configurations alike. */
export const anyAssignments: fc.Arbitrary<Assignment[]> = fc.array(
  fc
    .record({
      target: fc.oneof(...Object.values(targets)),
      filter,
      intent: fc.option(fc.oneof(installIntent, configurationIntent), { nil: undefined }),
      settings: fc.option(settings, { nil: undefined }),
      schedule: fc.option(schedule, { nil: undefined }),
      source: fc.constant('direct' as const),
    })
    .map(withoutUndefined),
  { maxLength: 7 },
)

/** As `anyAssignments`, some of them put there by a policy set. */
export const anyMixedAssignments: fc.Arbitrary<Assignment[]> = fc
  .array(
    fc
      .tuple(anyAssignments, fc.constantFrom('direct' as const, 'policySet' as const))
      .map(([assignments, source]) => assignments.map((assignment) => ({ ...assignment, source }))),
    { maxLength: 2 },
  )
  .map((lists) => lists.flat())

/** Assignments of the kind that decides who is reached: few, with exclusions, filters and now and then a policy set. */
export const targetingAssignments: fc.Arbitrary<Assignment[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: include('direct') },
    { weight: 2, arbitrary: targets.exclusion.map((target) => ({ target, filter: null, source: 'direct' as const })) },
    { weight: 1, arbitrary: include('policySet') },
    {
      weight: 1,
      arbitrary: targets.exclusion.map((target) => ({ target, filter: null, source: 'policySet' as const })),
    },
  ),
  { maxLength: 5 },
)

/** Every assignment that a policy type can carry and be written with. */
export function assignmentsOf(contract: PolicyContract): fc.Arbitrary<Assignment[]> {
  const kinds: TargetKind[] = [...contract.targets]
  if (contract.quirks.includes('allUsersIsVirtualGroup')) kinds.push('allUsers')
  return fc.array(fc.oneof(...kinds.map((kind) => assignmentOf(contract, kind))), { maxLength: 6 })
}

function assignmentOf(contract: PolicyContract, kind: TargetKind): fc.Arbitrary<Assignment> {
  const takes = contract.assignmentProperties
  const isExclusion = kind === 'exclusion'
  const never = fc.constant(undefined)
  return fc
    .record({
      target: targets[kind] as fc.Arbitrary<AssignmentTarget>,
      filter: contract.takesFilters && !isExclusion ? filter : fc.constant(null),
      intent:
        takes.includes('settings') || takes.includes('installIntent')
          ? installIntent
          : takes.includes('intent')
            ? configurationIntent
            : never,
      settings: takes.includes('settings') && !isExclusion ? fc.option(settings, { nil: undefined }) : never,
      schedule: takes.includes('runSchedule') && !isExclusion ? fc.option(schedule, { nil: undefined }) : never,
      source: fc.constant('direct' as const),
    })
    .map(withoutUndefined)
}

function include(source: 'direct' | 'policySet'): fc.Arbitrary<Assignment> {
  const target: fc.Arbitrary<AssignmentTarget> = fc.oneof(targets.group, targets.allUsers, targets.allDevices)
  return fc.record({ target, filter, source: fc.constant(source) })
}

type MaybeUndefined<T> = { readonly [Key in keyof T]: T[Key] | undefined }

function withoutUndefined(record: MaybeUndefined<Assignment>): Assignment {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as unknown as Assignment
}
