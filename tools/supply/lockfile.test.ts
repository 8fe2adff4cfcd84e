import { expect, test } from 'vitest'
import { parseLockfile, productionPackages, specOf } from './lockfile.ts'

const text = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'ours', version: '0.1.0', dependencies: { a: '1.0.0' }, devDependencies: { b: '2.0.0' } },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a/node_modules/@scope/c': { version: '3.0.0', optional: true, hasInstallScript: true },
    'node_modules/b': { version: '2.0.0', dev: true },
    'node_modules/renamed': { name: 'd', version: '4.0.0' },
  },
})

test('parseLockfile() names each package as it is published, and leaves our own out', () => {
  const { packages, direct } = parseLockfile(text)
  expect(packages.map(specOf)).toEqual(['a@1.0.0', '@scope/c@3.0.0', 'b@2.0.0', 'd@4.0.0'])
  expect(packages[1]).toMatchObject({ isOptional: true, hasInstallScript: true, isDev: false, integrity: undefined })
  expect(direct).toEqual({ dependencies: { a: '1.0.0' }, devDependencies: { b: '2.0.0' } })
})

test('productionPackages() leaves out what is for development only', () => {
  expect(productionPackages(parseLockfile(text)).map(({ name }) => name)).toEqual(['a', '@scope/c', 'd'])
})

test('parseLockfile() refuses what is no lockfile', () => {
  expect(() => parseLockfile('{}')).toThrow('lockfileVersion')
})
