import { describe, expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { createWorkspace, slugOf } from '#domain/workspaces/create-workspace.ts'
import { actAsOwner } from '#domain/workspaces/act-as-owner.ts'

const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

describe('workspaces', () => {
  const database = useTestDatabase()

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
