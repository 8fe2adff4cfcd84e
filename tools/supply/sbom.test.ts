import { expect, test } from 'vitest'
import { locked, lockfileOf } from './locked-testing.ts'
import { inspectSbom, parseSbom, productionSbom } from './sbom.ts'

const lockfile = lockfileOf(locked('a@1.0.0'), locked('@b/c@2.0.0'), locked('tool@3.0.0', { isDev: true }))

function sbomOf(...specs: readonly string[]) {
  const components = specs.map((spec) => {
    const { name, version } = locked(spec)
    return { name, version, 'bom-ref': spec }
  })
  return parseSbom(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: { component: { name: 'folder', 'bom-ref': 'ours@0.1.0' } },
      components,
      dependencies: [
        { ref: 'ours@0.1.0', dependsOn: specs },
        ...specs.map((ref) => ({ ref, dependsOn: specs.filter((other) => other !== ref) })),
      ],
    }),
  )
}

test('productionSbom() keeps what production installs, and names the project', () => {
  const sbom = productionSbom(sbomOf('a@1.0.0', '@b/c@2.0.0', 'tool@3.0.0'), lockfile, 'ours')
  expect(sbom.components.map((component) => component['bom-ref'])).toEqual(['a@1.0.0', '@b/c@2.0.0'])
  expect(sbom.dependencies).toEqual([
    { ref: 'ours@0.1.0', dependsOn: ['a@1.0.0', '@b/c@2.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['@b/c@2.0.0'] },
    { ref: '@b/c@2.0.0', dependsOn: ['a@1.0.0'] },
  ])
  expect(sbom.metadata.component.name).toBe('ours')
  expect(sbom['specVersion']).toBe('1.5')
  expect(inspectSbom(sbom, lockfile).problems).toEqual([])
})

test('inspectSbom() finds a production package that the bill leaves out', () => {
  expect(inspectSbom(sbomOf('a@1.0.0', '@b/c@2.0.1'), lockfile).problems).toEqual([
    expect.stringMatching(/^@b\/c@2\.0\.0 is locked for production but not in the bill/),
    expect.stringMatching(/^@b\/c@2\.0\.1 is in the bill but not locked for production/),
  ])
})

test('parseSbom() refuses what is no CycloneDX document', () => {
  expect(() => parseSbom('{"spdxVersion":"SPDX-2.3"}')).toThrow('CycloneDX')
})
