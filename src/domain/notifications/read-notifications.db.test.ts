import { describe, expect, test } from 'vitest'
import { givenEndedRun } from '#domain/notifications/notifications-testing.ts'
import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { markAllRead, markRead, unreadCount } from '#domain/notifications/read-notifications.ts'
import { relayOutbox } from '#domain/notifications/relay-outbox.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()

async function givenNotifications(count: number) {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  for (let i = 0; i < count; i += 1) await givenEndedRun(database.db, ctx)
  await relayOutbox(database.db)
  const { items } = await listNotifications(database.db, ctx)
  return { ctx, items }
}

describe('markRead()', () => {
  test('marks one, once, and says whether it was unread', async () => {
    const { ctx, items } = await givenNotifications(2)
    const [first, second] = items
    expect(await markRead(database.db, ctx, first?.id ?? newId())).toBe(true)
    expect(await markRead(database.db, ctx, first?.id ?? newId())).toBe(false)
    expect(await unreadCount(database.db, ctx)).toBe(1)
    const unread = await listNotifications(database.db, ctx, { isUnreadOnly: true })
    expect(unread.items.map(({ id }) => id)).toEqual([second?.id])
  })

  test('does not find what is of somebody else or of another workspace', async () => {
    const { items } = await givenNotifications(1)
    const { ctx: other } = await givenNotifications(0)
    await expect(markRead(database.db, other, items[0]?.id ?? newId())).rejects.toThrow('There is no notification')
  })
})

describe('markAllRead()', () => {
  test('marks all of whoever acts and of nobody else', async () => {
    const { ctx } = await givenNotifications(3)
    const { ctx: other } = await givenNotifications(1)
    expect(await markAllRead(database.db, ctx)).toBe(3)
    expect(await markAllRead(database.db, ctx)).toBe(0)
    expect([await unreadCount(database.db, ctx), await unreadCount(database.db, other)]).toEqual([0, 1])
  })
})
