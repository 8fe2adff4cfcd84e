import { expect, test } from 'vitest'
import { exceptionsSchema, inspectAge } from './inspect-age.ts'
import { locked, lockfileOf } from './locked-testing.ts'

const today = '2026-11-28'
const old = { published: '2026-11-01', locked: '2026-11-15' }
const young = { published: '2026-11-02', locked: '2026-11-15' }
const reason = 'a fix of something that is being exploited'

test('inspectAge() has nothing against what was 14 days old when it was locked', () => {
  const known = { dates: { 'a@1.0.0': old }, exceptions: [], today }
  expect(inspectAge(lockfileOf(locked('a@1.0.0')), known).problems).toEqual([])
})

test('inspectAge() finds what was a day too young, however old it is by now', () => {
  const known = { dates: { 'a@1.0.0': young }, exceptions: [], today: '2030-01-01' }
  expect(inspectAge(lockfileOf(locked('a@1.0.0')), known).problems).toEqual([
    'a@1.0.0 was 13 days old when it was locked, 14 are asked for: lock an older version, or add it to age-exceptions.json with the reason',
  ])
})

test('inspectAge() finds a version without a date', () => {
  const known = { dates: { 'a@1.0.0': old }, exceptions: [], today }
  expect(inspectAge(lockfileOf(locked('a@1.0.1')), known).problems).toEqual([
    'a@1.0.1 has no known date of publication: run `npm run supply -- --refresh` and commit publication-dates.json',
  ])
})

test('inspectAge() finds a date that makes a version older than it is', () => {
  const known = { dates: { 'a@1.0.0': { ...young, locked: '2026-12-24' } }, exceptions: [], today }
  expect(inspectAge(lockfileOf(locked('a@1.0.0')), known).problems).toEqual([
    expect.stringMatching(/^a@1\.0\.0 is said to have been locked on a day that has not come/),
  ])
})

test('inspectAge() excepts a version, or those of a scope, and not the next ones', () => {
  const dates = { 'a@1.0.0': young, '@b/x@2.0.0': young, '@b/y@2.0.1': young, '@bb/x@2.0.0': young }
  const exceptions = [{ reason, packages: ['a@1.0.0', '@b/*@2.0.0'] }]
  const lockfile = lockfileOf(locked('a@1.0.0'), locked('@b/x@2.0.0'), locked('@b/y@2.0.1'), locked('@bb/x@2.0.0'))
  const { problems } = inspectAge(lockfile, { dates, exceptions, today })
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['@b/y@2.0.1', '@bb/x@2.0.0'])
})

test('inspectAge() finds an exception that nothing needs', () => {
  const known = { dates: { 'a@1.0.0': old }, exceptions: [{ reason, packages: ['a@1.0.0'] }], today }
  expect(inspectAge(lockfileOf(locked('a@1.0.0')), known).problems).toEqual([
    expect.stringMatching(/^a@1\.0\.0 is excepted but no young package is locked by that name/),
  ])
})

test('an exception says why', () => {
  expect(() => exceptionsSchema.parse([{ reason: '', packages: ['a@1.0.0'] }])).toThrow('reason')
})
