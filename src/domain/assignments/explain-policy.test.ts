import { describe, expect, it } from 'vitest'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { viewAssignment } from '#domain/assignments/assignment-view.ts'
import type { GroupView, References } from '#domain/assignments/assignment-view.ts'
import { explain } from '#domain/assignments/explain-policy.ts'
import { filterIds, groupIds } from '#domain/assignments/testing.ts'

const [pilot = '', sales = '', gone = ''] = groupIds
const [laptops = ''] = filterIds

const references: References = {
  groups: new Map(
    [
      { id: pilot, name: 'Pilot', kind: 'dynamic', membershipRule: '(device.x -eq 1)', isOrphaned: false } as const,
      { id: sales, name: 'Sales', kind: 'assigned', membershipRule: null, isOrphaned: false } as const,
      { id: gone, name: 'Old ring', kind: 'assigned', membershipRule: null, isOrphaned: true } as const,
    ].map((group: GroupView) => [group.id, group]),
  ),
  filters: new Map([
    [
      laptops,
      {
        id: laptops,
        name: 'Laptops',
        rule: '(device.model -eq "L")',
        platform: 'windows10AndLater',
        isOrphaned: false,
      },
    ],
  ]),
}

describe('explain()', () => {
  it('says that nobody gets what is not assigned', () => {
    expect(sentences([])).toEqual(['Nobody gets it: it is not assigned.'])
  })

  it('says that exclusions alone reach nobody', () => {
    expect(sentences([excludes(sales)])[0]).toBe('Nobody gets it: it only excludes groups.')
  })

  it('names rule and filter, and what the filter does', () => {
    const filter = { id: laptops, mode: 'exclude' } as const
    expect(sentences([{ ...includes(pilot), filter }])).toEqual([
      'Members of "Pilot" (dynamic: (device.x -eq 1)), except devices that match the filter "Laptops" ((device.model -eq "L")).',
    ])
  })

  it('lets an exclusion win over every inclusion', () => {
    expect(sentences([everyone, excludes(sales)])).toEqual([
      'All licensed users.',
      'Never members of "Sales": an exclusion wins over every inclusion.',
    ])
  })

  it('says of a group that is included and excluded that its members do not get it', () => {
    expect(sentences([includes(sales), excludes(sales)])[0]).toBe(
      'Members of "Sales": nobody, the group is excluded as well and an exclusion wins.',
    )
  })

  it('keeps apps apart by intent', () => {
    const required = { ...includes(sales), intent: 'required' }
    expect(sentences([required, { ...excludes(sales), intent: 'available' }])).toEqual([
      'Members of "Sales", required.',
      'Never members of "Sales" for available: an exclusion wins over every inclusion.',
    ])
  })

  it('says what a deleted group means on either side', () => {
    expect(sentences([includes(gone), excludes(gone)])).toEqual([
      'Members of "Old ring": nobody, the group was deleted.',
      'Excluded: "Old ring", which was deleted and so keeps nobody out.',
    ])
  })
})

const everyone: Assignment = { target: { kind: 'allUsers' }, filter: null, source: 'direct' }

function includes(groupId: string): Assignment {
  return { target: { kind: 'group', groupId }, filter: null, source: 'direct' }
}

function excludes(groupId: string): Assignment {
  return { target: { kind: 'exclusion', groupId }, filter: null, source: 'direct' }
}

function sentences(assignments: readonly Assignment[]): string[] {
  const views = assignments.map((assignment) => viewAssignment(assignment, references))
  const isExclusion = ({ assignment }: (typeof views)[number]) => assignment.target.kind === 'exclusion'
  return explain(
    views.filter((view) => !isExclusion(view)),
    views.filter(isExclusion),
  )
}
