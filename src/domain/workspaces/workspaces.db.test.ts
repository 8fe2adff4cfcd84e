import { describe, expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createWorkspace, slugOf } from '#domain/workspaces/create-workspace.ts'
import { actAsOwner, findWorkspace } from '#domain/workspaces/find-workspace.ts'

const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

describe('workspaces', () => {
  const database = useTestDatabase()

  test('findWorkspace() asks for a first one, takes the only one, then wants a name', async () => {
    await expect(findWorkspace(database.db)).rejects.toThrow(refusal('missing_configuration', 'workspace create'))
    const contoso = await createWorkspace(database.db, { name: 'Contoso IT', ownerName: 'Ada Moreau' })
    expect(await findWorkspace(database.db)).toEqual(contoso)
    const fabrikam = await createWorkspace(database.db, { name: 'Fabrikam', ownerName: 'Ada Moreau' })
    await expect(findWorkspace(database.db)).rejects.toThrow(refusal('ambiguous', 'contoso-it, fabrikam'))
    for (const text of ['fabrikam', 'Fabrikam', fabrikam.workspaceId])
      expect(await findWorkspace(database.db, text)).toEqual(fabrikam)
    await expect(findWorkspace(database.db, 'fabrikan')).rejects.toThrow(
      refusal('not_found', 'Did you mean "fabrikam"?'),
    )
  })

  test('createWorkspace() gives it an owner and refuses a slug that is taken', async () => {
    const workspace = await createWorkspace(database.db, { name: 'Woodgrove Bank', ownerName: 'Ada Moreau' })
    expect((await actAsOwner(database.db, workspace)).actor).toMatchObject({ kind: 'user', name: 'Ada Moreau' })
    await expect(createWorkspace(database.db, { name: 'woodgrove bank', ownerName: 'Ben' })).rejects.toThrow(
      refusal('invalid_state', 'woodgrove-bank'),
    )
  })
})

describe('slugOf()', () => {
  test.each([
    ['Contoso Ltd.', 'contoso-ltd'],
    ['  Zürich & Söhne ', 'zurich-sohne'],
  ])('of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug)
  })

  test('refuses a name without letters or digits', () => {
    expect(() => slugOf('***')).toThrow(refusal('invalid_input', '***'))
  })
})
