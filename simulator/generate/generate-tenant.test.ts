import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { resourceTypes, typeOf } from '../catalogue/catalogue.ts'
import type { ResourceType } from '../catalogue/resource-type.ts'
import { checkAssignments } from '../graph/check-assignments.ts'
import { hasSharedGraph, readShared } from '../testing-shared-graph.ts'
import { collectionPaths, virtualGroups, type SimAssignment, type SimObject, type SimTenant } from '../world.ts'
import { generateTenant } from './generate-tenant.ts'
import { policyCounts, policyTypes } from './policy-types.ts'
import { createMetadataCheck, readMetadata } from './testing-metadata.ts'

const foundations: readonly string[] = [
  ...Object.values(collectionPaths),
  '/deviceManagement/notificationMessageTemplates',
]
const tenant = generateTenant({ name: 'Contoso', seed: 7, policies: 3000 })

function policiesOf(from: SimTenant): { type: ResourceType; object: SimObject }[] {
  return [...from.collections].flatMap(([collection, objects]) => {
    const type = typeOf(collection)
    if (!type || foundations.includes(collection)) return []
    return [...objects.values()].map((object) => ({ type, object }))
  })
}

function nameOf({ type, object }: { type: ResourceType; object: SimObject }): string {
  return String(object.properties[type.nameProperty])
}

/** The tenant as text, so that any difference counts; maps as lists to keep their order. */
function digestOf(from: SimTenant): string {
  const text = JSON.stringify(from, (_, value: unknown) => (value instanceof Map ? [...value] : value))
  return createHash('sha256').update(text).digest('hex')
}

const policies = policiesOf(tenant)
const rows = policies.flatMap(({ type, object }) => object.assignments.map((row) => ({ type, object, row })))
const direct = rows.filter(({ row }) => row.source !== 'policySets')

function groupIdOf({ target }: SimAssignment): string | undefined {
  return typeof target['groupId'] === 'string' ? target['groupId'] : undefined
}

function filterIdOf({ target }: SimAssignment): string | undefined {
  const id = target['deviceAndAppManagementAssignmentFilterId']
  return typeof id === 'string' ? id : undefined
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** What an object tells of its platform; empty when it tells nothing. */
function platformsTold({ properties }: SimObject): string {
  const told = JSON.stringify([properties['platforms'], properties['@odata.type'], properties['platformType']])
  return [...told.matchAll(/windows|win32|winget|officesuiteapp|mac|ios|ipad|android|aosp|linux/gi)]
    .map(([word]) => word.toLowerCase())
    .join(' ')
}

/** Objects that tell no platform, such as scripts, are Windows or cannot be told. */
const filterFits: Readonly<Record<string, RegExp>> = {
  windows10AndLater: /^$|win|officesuite/,
  windowsMobileApplicationManagement: /^$|win/,
  macOS: /^$|mac/,
  iOS: /^$|ios|ipad/,
  iOSMobileApplicationManagement: /^$|ios/,
  androidForWork: /^$|android|aosp/,
  androidMobileApplicationManagement: /^$|android/,
}

describe('generateTenant()', () => {
  it('makes the same tenant of the same wish, to the byte', () => {
    const wish = { name: 'Fabrikam', seed: 42, policies: 400 }
    expect(digestOf(generateTenant(wish))).toBe(digestOf(generateTenant(wish)))
  })

  it('makes the same tenant in another process', () => {
    const wish = { name: 'Fabrikam', seed: 42, policies: 120 }
    const script = `
      import { createHash } from 'node:crypto'
      import { generateTenant } from '${new URL('generate-tenant.ts', import.meta.url).href}'
      const ofMap = (_, value) => (value instanceof Map ? [...value] : value)
      const text = JSON.stringify(generateTenant(${JSON.stringify(wish)}), ofMap)
      process.stdout.write(createHash('sha256').update(text).digest('hex'))`
    const digest = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    expect(digest).toBe(digestOf(generateTenant(wish)))
  })

  it('makes another tenant of another seed or another name', () => {
    const ids = [
      generateTenant({ name: 'Fabrikam', seed: 1, policies: 50 }),
      generateTenant({ name: 'Fabrikam', seed: 2, policies: 50 }),
      generateTenant({ name: 'Tailspin', seed: 1, policies: 50 }),
    ].flatMap((each) => [each.id, ...policiesOf(each).map(({ object }) => object.id), ...each.groups.keys()])
    const shared = ['c3a59481-1bf2-46ce-94b3-66eec07a8d60']
    const own = ids.filter((id) => !shared.includes(id))
    expect(new Set(own).size).toBe(own.length)
  })

  it.each([1, 10, 50, 51, 500, 3000])('makes exactly %i policies', (count) => {
    expect(policiesOf(generateTenant({ name: 'Contoso', seed: 1, policies: count }))).toHaveLength(count)
  })

  it('has every type of policy from 50 policies on', () => {
    const smallest = generateTenant({ name: 'Contoso', seed: 3, policies: 50 })
    const missing = resourceTypes.filter(({ collection }) => (smallest.collections.get(collection)?.size ?? 0) === 0)
    expect(missing.map(({ collection }) => collection)).toEqual([])
    expect(policyTypes.map(({ collection }) => collection).toSorted()).toEqual(
      resourceTypes
        .map(({ collection }) => collection)
        .filter((collection) => !foundations.includes(collection))
        .toSorted(),
    )
  })

  it('has most of what real tenants have most', () => {
    const sizes = [...tenant.collections]
      .map(([collection, objects]) => [collection, objects.size] as const)
      .toSorted((a, b) => b[1] - a[1])
    expect(sizes.slice(0, 3).map(([collection]) => collection)).toEqual([
      '/deviceManagement/configurationPolicies',
      '/deviceAppManagement/mobileApps',
      '/deviceManagement/deviceConfigurations',
    ])
  })

  it('makes about as many groups as wished', () => {
    expect(generateTenant({ name: 'Contoso', seed: 1, policies: 50, groups: 400 }).groups.size).toBe(400)
  })

  it('has the defaults every tenant has', () => {
    const enrollment = tenant.collections.get('/deviceManagement/deviceEnrollmentConfigurations')
    const defaults = [...(enrollment?.values() ?? [])].filter(({ properties }) => properties['priority'] === 0)
    expect(defaults.map(({ id }) => id)).toEqual(
      [
        'Limit',
        'PlatformRestrictions',
        'WindowsHelloForBusiness',
        'Windows10EnrollmentCompletionPageConfiguration',
        'WindowsRestore',
      ].map((name) => `${tenant.id}_Default${name}`),
    )
    const branding = [...(tenant.collections.get('/deviceManagement/intuneBrandingProfiles')?.values() ?? [])]
    expect(
      branding
        .filter(({ properties }) => properties['isDefaultProfile'] === true)
        .map(({ assignments }) => assignments),
    ).toEqual([[]])
    expect(tenant.scopeTags.get('0')?.properties['isBuiltIn']).toBe(true)
  })

  it('has settings catalog policies as large as real ones', () => {
    const catalog = [...(tenant.collections.get('/deviceManagement/configurationPolicies')?.values() ?? [])]
    const bytes = catalog.map(
      ({ properties, sub }) => JSON.stringify({ ...properties, settings: sub['settings'] }).length,
    )
    const average = bytes.reduce((sum, size) => sum + size, 0) / bytes.length
    expect(average).toBeGreaterThan(6000)
    expect(average).toBeLessThan(10_500)
    expect(catalog.every(({ properties, sub }) => properties['settingCount'] === sub['settings']?.length)).toBe(true)
  })

  it('keeps settings of several areas of one policy apart by their ids', () => {
    const catalog = [...(tenant.collections.get('/deviceManagement/configurationPolicies')?.values() ?? [])]
    for (const { sub } of catalog) {
      const settings = sub['settings'] ?? []
      expect(settings.map(({ id }) => id)).toEqual(settings.map((_, index) => String(index)))
    }
  })

  it('names a few policies alike, and most of them not', () => {
    const names = policies.filter(({ type }) => type.entity !== 'mobileApp').map(nameOf)
    const repeated = names.length - new Set(names).size
    expect(repeated).toBeGreaterThan(0)
    expect(repeated / names.length).toBeLessThan(0.03)
  })

  it('has names that are hard to handle', () => {
    const names = policiesOf(generateTenant({ name: 'Müller & Söhne GmbH', seed: 1, policies: 3000 })).map(nameOf)
    for (const pattern of [/"/, /\//, /'/, /&/, /[äöü]/, /\p{Extended_Pictographic}/u, /\[Pilot\]/, /–/]) {
      expect(names.some((name) => pattern.test(name))).toBe(true)
    }
    expect(names.every((name) => name.trim() !== '' && name.length <= 200)).toBe(true)
  })

  it('names Autopilot profiles with the characters Intune allows there', () => {
    const profiles = policies.filter(({ type }) => type.entity === 'windowsAutopilotDeploymentProfile')
    expect(profiles.map(nameOf).filter((name) => !/^[A-Za-z0-9 :"?.@$&_[\]{}|\\]+$/.test(name))).toEqual([])
  })

  it('says when each object was made, never later than changed', () => {
    for (const { object } of policies) {
      const { createdDateTime, lastModifiedDateTime } = object.properties
      if (typeof createdDateTime !== 'string' || typeof lastModifiedDateTime !== 'string') continue
      expect(createdDateTime <= lastModifiedDateTime).toBe(true)
      expect(createdDateTime > '2020').toBe(true)
    }
  })
})

describe('assignments of a generated tenant', () => {
  it('are accepted by the service itself, apart from those of deleted groups', () => {
    for (const { type, object } of policies) {
      const known = object.assignments.filter((row) => {
        const groupId = groupIdOf(row)
        return (
          row.source !== 'policySets' &&
          (groupId === undefined || tenant.groups.has(groupId) || groupId === virtualGroups.allUsers)
        )
      })
      expect(checkAssignments(tenant, type, object, known)).toEqual(known)
    }
  })

  it('name groups, filters, scope tags and policies that exist, apart from a few deleted groups', () => {
    const groupIds = rows.flatMap(({ row }) => groupIdOf(row) ?? []).filter((id) => id !== virtualGroups.allUsers)
    const orphaned = groupIds.filter((id) => !tenant.groups.has(id))
    expect(orphaned.length).toBeGreaterThan(5)
    expect(orphaned.length / groupIds.length).toBeLessThan(0.03)
    expect(rows.flatMap(({ row }) => filterIdOf(row) ?? []).filter((id) => !tenant.filters.has(id))).toEqual([])
    const tags = policies.flatMap(({ object: { properties } }) =>
      textsIn(properties['roleScopeTagIds'] ?? properties['scopeIds']),
    )
    expect(tags.length).toBeGreaterThan(policies.length * 0.9)
    expect(tags.filter((tag) => !tenant.scopeTags.has(tag))).toEqual([])
    const memberGroups = [...tenant.groups.values()].flatMap((group) => group.memberGroups)
    expect(memberGroups.length).toBeGreaterThan(2)
    expect(memberGroups.filter((id) => !tenant.groups.has(id))).toEqual([])
  })

  it('refer to apps and notification templates of the tenant', () => {
    const apps = tenant.collections.get('/deviceAppManagement/mobileApps')
    const appIds = policies.flatMap(({ object }) => [
      ...textsIn(object.properties['targetedMobileApps']),
      ...textsIn(object.properties['selectedMobileAppIds']),
    ])
    expect(appIds.length).toBeGreaterThan(10)
    expect(appIds.filter((id) => !apps?.has(id))).toEqual([])
    const templates = tenant.collections.get('/deviceManagement/notificationMessageTemplates')
    const text = JSON.stringify(policies.map(({ object }) => object.sub['scheduledActionsForRule'] ?? []))
    const used = [...text.matchAll(/"notificationTemplateId":"([^"]+)"/g)]
      .map((match) => match[1] ?? '')
      .filter((id) => !id.startsWith('0000'))
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter((id) => !templates?.has(id))).toEqual([])
  })

  it('use filters of the policy’s platform', () => {
    const wrong = rows.filter(({ object, row }) => {
      const platform = tenant.filters.get(filterIdOf(row) ?? '')?.properties['platform']
      return typeof platform === 'string' && filterFits[platform]?.test(platformsTold(object)) !== true
    })
    expect(rows.filter(({ row }) => filterIdOf(row) !== undefined).length).toBeGreaterThan(500)
    expect(wrong.map(({ object, row }) => [object.properties['@odata.type'], row.target])).toEqual([])
  })

  it('come in all the situations a product must handle', () => {
    const schedules = JSON.stringify(rows.map(({ row }) => row['runSchedule']))
    const has = (what: (given: (typeof rows)[number]) => boolean) => rows.some(what)
    const targetIs = (kind: string) =>
      has(({ row }) => row.target['@odata.type'] === `#microsoft.graph.${kind}AssignmentTarget`)
    for (const kind of [
      'group',
      'exclusionGroup',
      'allLicensedUsers',
      'allDevices',
      'cloudPcManagementGroup',
      'configurationManagerCollection',
    ]) {
      expect([kind, targetIs(kind)]).toEqual([kind, true])
    }
    for (const mode of ['include', 'exclude']) {
      expect(has(({ row }) => row.target['deviceAndAppManagementAssignmentFilterType'] === mode)).toBe(true)
    }
    for (const intent of ['available', 'required', 'uninstall', 'availableWithoutEnrollment']) {
      expect([intent, has(({ row }) => row['intent'] === intent)]).toEqual([intent, true])
    }
    for (const schedule of ['Daily', 'Hourly', 'RunOnce'])
      expect(schedules).toContain(`deviceHealthScript${schedule}Schedule`)
    expect(has(({ row }) => typeof row.target['servicePlanId'] === 'string')).toBe(true)
    expect(
      has(({ type, row }) => type.component === 'ManagedAppProtection' && groupIdOf(row) === virtualGroups.allUsers),
    ).toBe(true)
    expect(policies.filter(({ object }) => object.assignments.length === 0).length).toBeGreaterThan(200)
  })

  it('give an app to one group with two intents, sometimes', () => {
    const twice = policies.filter(({ object }) => {
      const groups = object.assignments.flatMap((row) => groupIdOf(row) ?? [])
      return groups.length > new Set(groups).size
    })
    expect(twice.length).toBeGreaterThan(3)
    expect(new Set(twice.map(({ type }) => type.entity))).toEqual(new Set(['mobileApp']))
  })

  it('never put settings or a filter on an exclusion', () => {
    const excluded = direct.filter(({ row }) => row.target['@odata.type'].includes('exclusion'))
    expect(excluded.length).toBeGreaterThan(300)
    expect(excluded.filter(({ row }) => 'settings' in row || filterIdOf(row) !== undefined)).toEqual([])
  })

  it('leave the Edge app without filters', () => {
    const edge = rows.filter(
      ({ object }) => object.properties['@odata.type'] === '#microsoft.graph.windowsMicrosoftEdgeApp',
    )
    expect(edge.filter(({ row }) => filterIdOf(row) !== undefined)).toEqual([])
  })

  it('of policy sets are on their members, with the set as source', () => {
    const sets = tenant.collections.get('/deviceAppManagement/policySets')
    const inherited = rows.filter(({ row }) => row.source === 'policySets')
    expect(inherited.length).toBeGreaterThan(3)
    for (const { object, row } of inherited) {
      const members = sets?.get(String(row.sourceId))?.sub['items']?.map(({ payloadId }) => payloadId)
      expect(members).toContain(object.id)
    }
  })
})

describe('policyCounts()', () => {
  it('gives the commonest types first when there is not room for all', () => {
    const counts = [...policyCounts(3)].filter(([, count]) => count > 0).map(([{ collection }]) => collection)
    expect(counts).toEqual([
      '/deviceManagement/configurationPolicies',
      '/deviceAppManagement/mobileApps',
      '/deviceManagement/deviceConfigurations',
    ])
  })
})

describe.skipIf(!hasSharedGraph)('a generated tenant beside the metadata (../shared/graph)', () => {
  const check = hasSharedGraph ? createMetadataCheck(readMetadata()) : () => []

  it.each(resourceTypes.map((type) => [type.collection, type] as const))(
    '%s: objects and assignments are as described',
    (collection, type) => {
      const objects = [...(tenant.collections.get(collection)?.values() ?? [])]
      const problems = objects.flatMap(({ properties, sub, assignments }) => [
        ...check({ ...properties, ...sub }, type.entity),
        ...assignments.flatMap((row) => check(row, type.assignments?.type ?? '')),
      ])
      expect(objects.length).toBeGreaterThan(0)
      expect([...new Set(problems)]).toEqual([])
    },
  )

  it('has every type of the registry', () => {
    const { resources } = readShared<{ resources: { collection: string }[] }>('contract/resources.json')
    const union = '/deviceAppManagement/managedAppPolicies'
    const missing = resources.filter(
      ({ collection }) => collection !== union && (tenant.collections.get(collection)?.size ?? 0) === 0,
    )
    expect(missing.map(({ collection }) => collection)).toEqual([])
  })
})
