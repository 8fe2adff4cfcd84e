import { expect, test } from 'vitest'
import { inspectCount, inspectDirect, inspectLockfile, maxDirect, maxProduction } from './inspect-lockfile.ts'
import { locked, lockfileOf } from './locked-testing.ts'

test('inspectLockfile() has nothing against exact versions with a sha512', () => {
  expect(inspectLockfile(lockfileOf(locked('a@1.0.0'), locked('@b/c@2.0.0-beta.1'))).problems).toEqual([])
})

test.each([
  ['no hash', { integrity: undefined }, /^a@1\.0\.0 has no sha512 to check what is downloaded: delete its entry/],
  ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, /^a@1\.0\.0 has no sha512/],
  [
    'a git repository',
    { resolved: 'git+ssh://git@example.com/a.git#1234567' },
    /^a@1\.0\.0 comes from a git repository/,
  ],
  ['a file', { resolved: 'file:../a.tgz' }, /^a@1\.0\.0 comes from a folder or file/],
  ['an address without TLS', { resolved: 'http://example.com/a.tgz' }, /^a@1\.0\.0 comes from an address without TLS/],
  ['an address', { resolved: 'https://example.com/a.tgz' }, /^a@1\.0\.0 comes from an address of its own: delete/],
  ['a link', { isLink: true }, /^node_modules\/a is a link to a folder/],
  ['a range', { version: '^1.0.0' }, /^a@\^1\.0\.0 is not an exact version/],
])('inspectLockfile() finds %s', (_, changed, sentence) => {
  expect(inspectLockfile(lockfileOf(locked('b@1.0.0'), locked('a@1.0.0', changed))).problems).toEqual([
    expect.stringMatching(sentence),
  ])
})

test('inspectLockfile() does not repeat the address it found', () => {
  const lockfile = lockfileOf(locked('a@1.0.0', { resolved: 'https://internal.example.com/a.tgz' }))
  expect(inspectLockfile(lockfile).problems.join('')).not.toContain('internal.example.com')
})

test('inspectLockfile() finds a lockfile of another format', () => {
  expect(inspectLockfile({ ...lockfileOf(), format: 1 }).problems).toEqual([
    expect.stringMatching(/has format 1, not 3/),
  ])
})

test('inspectDirect() finds a range, and a version that is not the locked one', () => {
  const lockfile = {
    ...lockfileOf(locked('a@1.0.0'), locked('b@2.0.0'), locked('c@3.0.0')),
    direct: { dependencies: { a: '1.0.0', b: '^2.0.0' }, devDependencies: { c: '3.0.0' } },
  }
  const manifest = { dependencies: { a: '1.0.0', b: '^2.0.0' }, devDependencies: { c: '3.0.1' } }
  expect(inspectDirect(lockfile, manifest).problems).toEqual([
    'b is asked for as "^2.0.0", no exact version: write the one that is locked',
    'c@3.0.1 is not what package-lock.json says: run `npm install --package-lock-only`',
  ])
})

test('inspectDirect() finds one dependency too many', () => {
  const names = Array.from({ length: maxDirect + 1 }, (_, index) => `p${index}`)
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']))
  const lockfile = {
    ...lockfileOf(...names.map((name) => locked(`${name}@1.0.0`))),
    direct: { dependencies, devDependencies: {} },
  }
  const { problems } = inspectDirect(lockfile, { dependencies, devDependencies: {} })
  expect(problems).toEqual([expect.stringMatching(/^package\.json has 27 dependencies, 26 at most/)])
})

test('inspectCount() counts what production can install, and finds one too many', () => {
  const many = Array.from({ length: maxProduction }, (_, index) => locked(`p${index}@1.0.0`))
  const tool = locked('tool@1.0.0', { isDev: true })
  expect(inspectCount(lockfileOf(...many, tool)).problems).toEqual([])
  expect(inspectCount(lockfileOf(...many, locked('q@1.0.0'))).problems).toEqual([
    expect.stringMatching(/^137 packages are locked for production, 136 at most/),
  ])
})
