import { describe, expect, it } from 'vitest'
import type { Answer } from '../testing.ts'
import { useSimulator } from '../testing.ts'
import type { GraphObject } from '../world.ts'

const catalog = '/beta/deviceManagement/configurationPolicies'

describe('lists', () => {
  const simulator = useSimulator({ tenants: [{ name: 'Contoso', policies: 300 }], settings: { throttling: false } })

  it('follow next links on the host that was asked to every row, each once', async () => {
    const client = await simulator.client()
    const whole = await simulator.control.objectsOf('Contoso', '/deviceManagement/configurationPolicies')
    const pages: Answer[] = []
    let next: string | undefined = `${catalog}?$top=7&$select=id`
    while (next !== undefined) {
      const page = await client.get(next)
      pages.push(page)
      next = page.body['@odata.nextLink'] as string | undefined
    }
    expect(pages.every(({ value }) => value.length <= 7)).toBe(true)
    expect(pages.slice(0, -1).every(({ body }) => String(body['@odata.nextLink']).startsWith(simulator.url))).toBe(true)
    const ids = pages.flatMap(({ value }) => value.map(({ id }) => id))
    expect(ids).toEqual(whole.map(({ id }) => id))
  })

  it('cut $top to what the collection allows', async () => {
    const { tenant, control } = simulator
    const collection = '/deviceManagement/windowsFeatureUpdateProfiles'
    const properties = { displayName: 'Windows 11' }
    const changes = Array.from({ length: 201 }, () => ({ action: 'createObject' as const, collection, properties }))
    await control.change(tenant.id, changes)
    const client = await simulator.client()
    const { value } = await client.get(`/beta${collection}?$top=1000`)
    expect(value).toHaveLength(200)
  })

  it('lose no row when one is deleted between two pages', async () => {
    const client = await simulator.client()
    const collection = '/deviceManagement/deviceConfigurations'
    const before = await simulator.control.objectsOf('Contoso', collection)
    const first = await client.get(`/beta${collection}?$top=5`)
    await simulator.control.change('Contoso', [
      { action: 'deleteObject', collection, id: String(first.value[0]?.['id']) },
    ])
    const rest = await client.get(String(first.body['@odata.nextLink']).replace('$top=5', '$top=1000'))
    expect([...first.value, ...rest.value].map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  it('expand assignments beside what they select', async () => {
    const client = await simulator.client()
    const { value } = await client.get(`${catalog}?$select=id,name&$expand=assignments&$top=1000`)
    const truth = await simulator.control.objectsOf('Contoso', '/deviceManagement/configurationPolicies')
    expect(value.map((row) => (row['assignments'] as unknown[]).length)).toEqual(
      truth.map(({ assignments }) => assignments.length),
    )
    expect(Object.keys(value[0] ?? {}).toSorted()).toEqual(['assignments', 'assignments@odata.context', 'id', 'name'])
  })

  it.each([
    ['/deviceAppManagement/targetedManagedAppConfigurations', 400],
    ['/deviceManagement/termsAndConditions', 400],
    ['/deviceAppManagement/policySets', 400],
    ['/deviceAppManagement/managedAppPolicies', 400],
    ['/deviceManagement/deviceHealthScripts', 200],
  ])('%s?$expand=assignments answers %i', async (collection, status) => {
    const client = await simulator.client()
    expect((await client.get(`/beta${collection}?$expand=assignments`)).status).toBe(status)
  })

  it('show scope tags without assignments even when expanded', async () => {
    const client = await simulator.client()
    const { value } = await client.get('/beta/deviceManagement/roleScopeTags?$expand=assignments')
    expect(value.every((row) => (row['assignments'] as unknown[]).length === 0)).toBe(true)
  })

  it('filter, count and order', async () => {
    const client = await simulator.client()
    const { value, body } = await client.get(
      '/beta/deviceAppManagement/mobileApps?$filter=isAssigned eq true&$orderby=displayName desc&$count=true',
    )
    const names = value.map((row) => String(row['displayName']))
    expect(names).toEqual(names.toSorted().toReversed())
    expect(value.every((row) => row['isAssigned'] === true)).toBe(true)
    expect(body['@odata.count']).toBe(value.length)
  })

  it.each([
    ["/deviceManagement/deviceEnrollmentConfigurations?$filter=endswith(id,'_DefaultLimit')", 400],
    ["/deviceAppManagement/managedAppPolicies?$filter=isof('microsoft.graph.iosManagedAppProtection')", 400],
    ["/deviceManagement/deviceConfigurations?$filter=isof('microsoft.graph.windows10CustomConfiguration')", 200],
    ['/deviceManagement/deviceHealthScripts?$filter=isGlobalScript eq false', 200],
    ['/deviceManagement/configurationPolicies?$filter=name', 400],
    ['/deviceManagement/configurationPolicies?$expand=nothing', 400],
    ['/deviceManagement/unknownPolicies', 400],
    ['/me', 400],
  ])('GET %s answers %i', async (path, status) => {
    const client = await simulator.client()
    expect((await client.get(`/beta${path}`)).status).toBe(status)
  })

  it('hold script content only on the item', async () => {
    const client = await simulator.client()
    const scripts = '/beta/deviceManagement/deviceManagementScripts'
    const { value } = await client.get(scripts)
    const { body } = await client.get(`${scripts}/${String(value[0]?.['id'])}`)
    expect(value[0]?.['scriptContent']).toBeNull()
    expect(body['scriptContent']).toMatch(/^[A-Za-z0-9+/=]+$/)
  })

  it('say what a row is only in the union of app protection policies', async () => {
    const client = await simulator.client()
    const own = await client.get('/beta/deviceAppManagement/iosManagedAppProtections')
    const union = await client.get('/beta/deviceAppManagement/managedAppPolicies')
    expect(own.value[0]).not.toHaveProperty('@odata.type')
    expect(union.value.find(({ id }) => id === own.value[0]?.['id'])).toMatchObject({
      '@odata.type': '#microsoft.graph.iosManagedAppProtection',
    })
  })
})

describe('items', () => {
  const simulator = useSimulator({ settings: { throttling: false } })

  it('expand what lies below, level by level', async () => {
    const client = await simulator.client()
    const policies = '/beta/deviceManagement/deviceCompliancePolicies'
    const { value } = await client.get(
      `${policies}?$expand=scheduledActionsForRule($expand=scheduledActionConfigurations)`,
    )
    const rules = value.flatMap((row) => row['scheduledActionsForRule'] as GraphObject[])
    expect(rules.length).toBeGreaterThan(0)
    expect(rules.every((rule) => Array.isArray(rule['scheduledActionConfigurations']))).toBe(true)
    const plain = await client.get(`${policies}?$expand=scheduledActionsForRule`)
    const plainRules = plain.value.flatMap((row) => row['scheduledActionsForRule'] as GraphObject[])
    expect(plainRules.some((rule) => 'scheduledActionConfigurations' in rule)).toBe(false)
  })

  it('lead to definition values and their presentation values', async () => {
    const client = await simulator.client()
    const policies = await client.get('/beta/deviceManagement/groupPolicyConfigurations')
    const below = `/beta/deviceManagement/groupPolicyConfigurations/${String(policies.value[0]?.['id'])}/definitionValues`
    const plain = await client.get(below)
    const expanded = await client.get(`${below}?$expand=definition`)
    expect(plain.value[0]).not.toHaveProperty('definition')
    expect(expanded.value[0]).toHaveProperty('definition.displayName')
    const values = await client.get(
      `${below}/${String(plain.value[0]?.['id'])}/presentationValues?$expand=presentation`,
    )
    expect(values.status).toBe(200)
  })

  it('can be named with an OData key', async () => {
    const client = await simulator.client()
    const { value } = await client.get(catalog)
    const id = String(value[0]?.['id'])
    expect((await client.get(`${catalog}('${id}')/assignments`)).status).toBe(200)
    expect((await client.get(`${catalog}('${id}')`)).body).toMatchObject({ id })
  })

  it('answer 404 for an id that is not there', async () => {
    const client = await simulator.client()
    const answer = await client.get(`${catalog}/00000000-0000-4000-8000-000000000000`)
    expect(answer.status).toBe(404)
    expect(answer.error.code).toBe('ResourceNotFound')
  })
})

describe('v1.0', () => {
  const simulator = useSimulator({ settings: { throttling: false } })

  it('has assignments without filter, source and intent', async () => {
    const client = await simulator.client()
    const { value } = await client.get('/v1.0/deviceManagement/deviceConfigurations?$expand=assignments')
    const rows = value.flatMap((row) => row['assignments'] as GraphObject[])
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.flatMap((row) => Object.keys(row)))).toEqual(new Set(['id', 'target']))
    expect(rows.flatMap((row) => Object.keys(row['target'] as object)).filter((key) => key.includes('Filter'))).toEqual(
      [],
    )
  })

  it('does not have what only beta has', async () => {
    const client = await simulator.client()
    expect((await client.get('/v1.0/deviceManagement/configurationPolicies')).status).toBe(400)
  })
})
