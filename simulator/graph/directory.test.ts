import { beforeAll, describe, expect, it } from 'vitest'
import { useSimulator } from '../testing.ts'

const eventual = { ConsistencyLevel: 'eventual' }
const parent = 'aaaaaaaa-0000-4000-8000-000000000001'
const child = 'aaaaaaaa-0000-4000-8000-000000000002'
const grandchild = 'aaaaaaaa-0000-4000-8000-000000000003'

describe('groups', () => {
  const simulator = useSimulator({ settings: { throttling: false } })

  beforeAll(async () => {
    const group = (id: string, memberGroups: string[]) => ({
      action: 'createGroup' as const,
      id,
      displayName: `Nested ${id}`,
      users: 10,
      devices: 3,
      memberGroups,
    })
    // The last one is a member of the first one's member: a circle.
    const circle = [group(grandchild, [parent]), group(child, [grandchild]), group(parent, [child, grandchild])]
    await simulator.control.change('Contoso', circle)
  })

  it.each([
    ['', '41'],
    ['/microsoft.graph.user', '30'],
    ['/microsoft.graph.device', '9'],
  ])('count transitive members%s, each nested group once', async (cast, count) => {
    const client = await simulator.client()
    const path = `/beta/groups/${parent}/transitiveMembers${cast}/$count`
    expect((await client.get(path, eventual)).text).toBe(count)
  })

  it('are not counted without the header', async () => {
    const client = await simulator.client()
    expect((await client.get(`/beta/groups/${parent}/transitiveMembers/$count`)).status).toBe(400)
  })

  it('are listed 100 a page unless asked for more, with what is selected', async () => {
    const client = await simulator.client()
    const { value } = await client.get(
      "/beta/groups?$select=id,displayName&$top=999&$filter=startswith(displayName,'Nested')",
    )
    expect(value).toHaveLength(3)
    expect(Object.keys(value[0] ?? {})).toEqual(['id', 'displayName'])
  })

  it('that do not exist are 404', async () => {
    const client = await simulator.client()
    const answer = await client.get('/beta/groups/00000000-0000-4000-8000-000000000000')
    expect([answer.status, answer.error.code]).toEqual([404, 'Request_ResourceNotFound'])
  })
})

describe('directoryObjects/getByIds', () => {
  const simulator = useSimulator({ settings: { throttling: false } })

  async function ask(app: string, ids: readonly string[]) {
    const client = await simulator.client(app)
    return client.send('POST', '/beta/directoryObjects/getByIds', { ids, types: ['group'] })
  }

  it('leaves out what does not exist', async () => {
    const [group] = await simulator.control.groups('Contoso')
    const { value } = await ask('reader', [group?.id ?? '', '00000000-0000-4000-8000-000000000000'])
    expect(value.map(({ id, displayName }) => ({ id, displayName }))).toEqual([
      { id: group?.id, displayName: group?.displayName },
    ])
  })

  it('tells type and id alone without Directory.Read.All', async () => {
    await simulator.control.registerApp('Contoso', { name: 'narrow', permissions: ['GroupMember.Read.All'] })
    const [group] = await simulator.control.groups('Contoso')
    const { value } = await ask('narrow', [group?.id ?? ''])
    expect(value[0]).toMatchObject({ '@odata.type': '#microsoft.graph.group', id: group?.id, displayName: null })
  })

  it('takes 1,000 ids and no more', async () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
    expect((await ask('reader', ids(1000))).status).toBe(200)
    expect((await ask('reader', ids(1001))).status).toBe(400)
  })
})
