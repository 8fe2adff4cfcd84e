import { describe, expect, it } from 'vitest'
import { typeOf } from '../catalogue/catalogue.ts'
import { generateTenant } from '../generate/generate-tenant.ts'
import type { SimTenant } from '../world.ts'
import { useExportFolders } from './testing-exports.ts'

const { load } = useExportFolders()

/** A tenant written the way a plain exporter would: one file for each object, its navigation and assignments inside. */
function exported(tenant: SimTenant): Record<string, unknown> {
  const groups = [...tenant.groups.values()].map(({ id, displayName, description, membershipRule }) => [
    `Groups/${id}.json`,
    { id, displayName, description, membershipRule, securityEnabled: true },
  ])
  const objects = [...tenant.collections].flatMap(([collection, all]) =>
    [...all.values()].map(({ id, properties, sub, assignments }) => {
      const hasAssignments = typeOf(collection)?.assignments !== null
      return [
        `${collection.slice(1)}/${id}.json`,
        { ...properties, ...sub, ...(hasAssignments ? { assignments } : {}) },
      ]
    }),
  )
  return Object.fromEntries([...groups, ...objects]) as Record<string, unknown>
}

describe('loadExport() of what generateTenant() made', () => {
  it.each([1, 2, 3])('gives back every object, group and assignment (seed %i)', (seed) => {
    const made = generateTenant({ name: 'Contoso', seed, policies: 120 })
    const { tenant, report } = load(exported(made))
    expect(report.notUnderstood).toEqual([])
    for (const [collection, objects] of made.collections) {
      const loaded = tenant.collections.get(collection)
      for (const [id, { properties, sub, assignments }] of objects) {
        const found = loaded?.get(id)
        expect([collection, found?.assignments]).toEqual([collection, assignments])
        expect(found?.sub).toEqual(sub)
        expect(found?.properties).toMatchObject(properties)
      }
    }
    expect([...tenant.groups.keys()].toSorted()).toEqual([...made.groups.keys()].toSorted())
  })
})
