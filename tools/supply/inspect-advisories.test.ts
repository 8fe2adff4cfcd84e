import { expect, test } from 'vitest'
import { advisoriesSchema, inspectAdvisories, type Advisories } from './inspect-advisories.ts'
import { locked, lockfileOf } from './locked-testing.ts'

const advisory = {
  id: 'GHSA-88fw-hqm2-52qc',
  package: 'hono',
  range: '<4.12.25 || >=4.13.0-rc.1 <4.13.1',
  severity: 'high',
  summary: 'the CORS middleware reflects any origin',
  source: 'https://example.com/advisory',
  checked: '2026-11-28',
} satisfies Advisories['advisories'][number]
const list: Advisories = { refreshed: '2026-11-28', advisories: [advisory] }
const now = { today: '2026-11-28', isRelease: false }

test.each(['hono@4.12.24', 'hono@4.13.0', 'hono@4.12.0-beta.1'])('inspectAdvisories() finds %s', (spec) => {
  expect(inspectAdvisories(lockfileOf(locked('a@1.0.0'), locked(spec)), list, now).problems).toEqual([
    `${spec} has a high advisory, GHSA-88fw-hqm2-52qc (the CORS middleware reflects any origin): lock a version outside "<4.12.25 || >=4.13.0-rc.1 <4.13.1"`,
  ])
})

test('inspectAdvisories() finds a second copy deeper in the tree, and a tool', () => {
  const deep = locked('hono@4.0.0', { path: 'node_modules/a/node_modules/hono', isDev: true })
  expect(inspectAdvisories(lockfileOf(locked('hono@4.13.19'), deep), list, now).problems).toHaveLength(1)
})

test.each(['hono@4.12.25', 'hono@4.13.1', 'honor@4.0.0'])('inspectAdvisories() has nothing against %s', (spec) => {
  expect(inspectAdvisories(lockfileOf(locked(spec)), list, now).problems).toEqual([])
})

test('inspectAdvisories() asks for a fresh list when a release is made, and only then', () => {
  const later = { today: '2026-12-06', isRelease: false }
  expect(inspectAdvisories(lockfileOf(), list, later)).toMatchObject({
    value: '1 listed, refreshed 2026-11-28 (8 days ago)',
    problems: [],
  })
  expect(inspectAdvisories(lockfileOf(), list, { ...later, isRelease: true }).problems).toEqual([
    expect.stringMatching(/^the advisories were last refreshed on 2026-11-28, 8 days ago, at most 7 for a release/),
  ])
  expect(inspectAdvisories(lockfileOf(), list, { today: '2026-12-05', isRelease: true }).problems).toEqual([])
})

test.each([
  ['an id that cannot be', { id: 'GHSA-1' }, 'id'],
  ['a range that is none', { range: 'before 4.12' }, 'is not a range of versions'],
  ['no source', { source: '' }, 'source'],
])('a list with %s is refused', (_, changed, sentence) => {
  expect(() => advisoriesSchema.parse({ ...list, advisories: [{ ...advisory, ...changed }] })).toThrow(sentence)
})
