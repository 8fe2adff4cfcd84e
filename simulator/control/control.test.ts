import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useSimulator } from '../testing.ts'

const simulator = useSimulator({ settings: { throttling: false } })
const catalog = '/deviceManagement/configurationPolicies'

describe('portal changes', () => {
  it('happen without Graph, are journaled as such and audited as a person', async () => {
    const { control } = simulator
    const [policy] = await control.objectsOf('Contoso', catalog)
    const { last } = await control.journal()
    await control.change('Contoso', [
      { action: 'setAssignments', collection: catalog, id: policy?.id ?? '', assignments: [] },
      { action: 'updateObject', collection: catalog, id: policy?.id ?? '', properties: { description: 'changed' } },
    ])
    const { entries } = await control.journal({ after: last })
    expect(entries.map(({ kind, app, change }) => [kind, app, change?.action, change?.source])).toEqual([
      ['change', null, 'setAssignments', 'portal'],
      ['change', null, 'updateObject', 'portal'],
    ])
    const client = await simulator.client()
    const { value } = await client.get(`/beta/deviceManagement/auditEvents?$filter=activityOperationType eq 'Patch'`)
    expect(value[0]).toMatchObject({ actor: { auditActorType: 'ItPro' }, resources: [{ resourceId: policy?.id }] })
    expect((await client.get(`/beta${catalog}/${policy?.id}`)).body).toMatchObject({
      description: 'changed',
      isAssigned: false,
    })
  })

  it('make and take away groups, filters and objects', async () => {
    const { control } = simulator
    const [filter] = await control.filters('Contoso')
    await control.change('Contoso', [
      { action: 'createGroup', id: 'g-1', displayName: 'Pilot', users: 5 },
      { action: 'renameGroup', id: 'g-1', displayName: 'Pilot 2' },
      { action: 'deleteFilter', id: String(filter?.['id']) },
      { action: 'createObject', collection: catalog, id: 'p-1', properties: { name: 'New' } },
    ])
    expect((await control.groups('Contoso')).find(({ id }) => id === 'g-1')).toMatchObject({
      displayName: 'Pilot 2',
      users: 5,
    })
    expect((await control.filters('Contoso')).some(({ id }) => id === filter?.['id'])).toBe(false)
    await control.change('Contoso', [
      { action: 'deleteGroup', id: 'g-1' },
      { action: 'deleteObject', collection: catalog, id: 'p-1' },
    ])
    expect((await control.groups('Contoso')).some(({ id }) => id === 'g-1')).toBe(false)
    expect((await control.objects('Contoso')).some(({ id }) => id === 'p-1')).toBe(false)
  })

  it('happen all or not at all', async () => {
    const { control } = simulator
    const [first, second] = await control.objectsOf('Contoso', catalog)
    const changes = [
      { action: 'deleteObject' as const, collection: catalog, id: second?.id ?? '' },
      { action: 'deleteObject' as const, collection: catalog, id: 'nobody' },
    ]
    await expect(control.change('Contoso', changes)).rejects.toThrow(`Contoso has no object nobody in ${catalog}.`)
    const left = await control.objectsOf('Contoso', catalog)
    expect(left.slice(0, 2).map(({ id }) => id)).toEqual([first?.id, second?.id])
  })
})

describe('the journal', () => {
  it('has a request in its file when the answer arrives', async () => {
    const client = await simulator.client()
    await client.get('/beta/organization', { 'client-request-id': 'read-now' })
    const file = readFileSync(simulator.running.journalPath, 'utf8')
    expect(file).toMatch(/"kind":"request".*\n$/)
    expect(file.split('\n').at(-2)).toContain('read-now')
  })
})

describe('the control API', () => {
  it('adds a tenant that can be signed in to at once', async () => {
    const added = await simulator.control.addTenant({ name: 'Fabrikam', policies: 50, seed: 3 })
    expect(added.objects).toBeGreaterThanOrEqual(50)
    await expect(simulator.control.addTenant({ name: 'Fabrikam', policies: 50 })).rejects.toThrow(
      /named Fabrikam already/,
    )
  })

  it('replaces an app of the same name: same id, other permissions', async () => {
    const { control } = simulator
    const before = await control.registerApp('Contoso', { name: 'changing', permissions: ['A.Read.All'] })
    const after = await control.registerApp('Contoso', { name: 'changing', permissions: [], secret: 'other' })
    expect(after).toEqual({ ...before, permissions: [], secret: 'other' })
    await control.removeApp('Contoso', 'changing')
    expect((await control.tenants())[0]?.apps.some(({ name }) => name === 'changing')).toBe(false)
  })

  it('makes pages small for everybody', async () => {
    await simulator.control.changeSettings({ pageSize: 2 })
    const client = await simulator.client()
    const answer = await client.get(`/beta${catalog}?$top=100`)
    await simulator.control.changeSettings({ pageSize: null })
    expect(answer.value).toHaveLength(2)
    expect(answer.body).toHaveProperty(['@odata.nextLink'])
  })

  it.each([
    ['GET', 'tenants/Nowhere', undefined, 404, 'There is no tenant Nowhere.'],
    ['GET', 'weather', undefined, 404, "There is no control request 'GET weather'."],
    ['PATCH', 'settings', '{"speed":1}', 400, 'Unrecognized key: "speed"'],
    ['POST', 'tenants/Contoso/changes', '{"changes":[{"action":"explode"}]}', 400, 'changes.0.action: '],
    ['PUT', 'faults', 'not json', 400, 'The body is not JSON.'],
  ])('%s %s with %s answers %i', async (method, path, body, status, sentence) => {
    const response = await fetch(`${simulator.url}/_sim/${path}`, { method, ...(body === undefined ? {} : { body }) })
    expect(response.status).toBe(status)
    expect(((await response.json()) as { error: string }).error).toContain(sentence)
  })
})
