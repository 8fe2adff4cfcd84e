import { expect, test } from 'vitest'
import { inspectShippedLicences, inspectUsedLicences } from './inspect-licences.ts'
import type { Installed } from './installed.ts'
import { locked, lockfileOf } from './locked-testing.ts'

function installedAs(licenses: Record<string, string | undefined>): Installed {
  const entries = Object.entries(licenses)
  return new Map(entries.map(([name, license]) => [`node_modules/${name}`, { license, installScripts: [] }]))
}

test('inspectShippedLicences() has nothing against permissive ones', () => {
  const installed = installedAs({ a: 'MIT', b: 'Apache-2.0' })
  expect(inspectShippedLicences(lockfileOf(locked('a@1.0.0'), locked('b@1.0.0')), installed).problems).toEqual([])
})

test.each(['GPL-3.0-only', 'AGPL-3.0-or-later', 'MPL-2.0', '(MIT OR GPL-2.0)', 'SEE LICENSE IN LICENSE', 'UNLICENSED'])(
  'inspectShippedLicences() finds %s',
  (license) => {
    const { problems } = inspectShippedLicences(lockfileOf(locked('a@1.0.0')), installedAs({ a: license }))
    expect(problems).toEqual([
      `a@1.0.0 is licensed under ${license}, which is not allowed here: replace it, or add the expression with a reason`,
    ])
  },
)

test('inspectShippedLicences() believes the package, not the lockfile', () => {
  const lockfile = lockfileOf(locked('a@1.0.0', { license: 'MIT' }))
  expect(inspectShippedLicences(lockfile, installedAs({ a: 'GPL-3.0-only' })).problems).toHaveLength(1)
  expect(inspectShippedLicences(lockfile, installedAs({ a: undefined })).problems).toEqual([
    expect.stringMatching(/^a@1\.0\.0 names no licence/),
  ])
})

test('inspectShippedLicences() asks the lockfile about packages for other platforms, and only about those', () => {
  const elsewhere = locked('a@1.0.0', { isOptional: true, license: 'MIT' })
  expect(inspectShippedLicences(lockfileOf(elsewhere), new Map()).problems).toEqual([])
  const copyleft = locked('b@1.0.0', { isOptional: true, license: 'GPL-3.0-only' })
  expect(inspectShippedLicences(lockfileOf(copyleft), new Map()).problems).toHaveLength(1)
  expect(inspectShippedLicences(lockfileOf(locked('c@1.0.0')), new Map()).problems).toHaveLength(1)
})

test('inspectUsedLicences() lets tools be weakly copyleft, and no more', () => {
  const lockfile = lockfileOf(locked('a@1.0.0', { isDev: true }), locked('shipped@1.0.0'))
  expect(inspectUsedLicences(lockfile, installedAs({ a: 'MPL-2.0' })).problems).toEqual([])
  expect(inspectUsedLicences(lockfile, installedAs({ a: 'AGPL-3.0-only' })).problems).toHaveLength(1)
})
