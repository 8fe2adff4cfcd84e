import { expect, test } from 'vitest'
import { allPages, everyPage, pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'

/** Numbers from 1 on, as a server answers them: a cursor is where the next page begins. */
function numbersTo(last: number) {
  return async ({ limit, cursor = '1' }: { limit: number; cursor?: string }) => {
    const from = Number(cursor)
    const items = Array.from({ length: Math.min(limit, last - from + 1) }, (_, index) => from + index)
    const next = from + items.length
    return { items, total: last, nextCursor: next > last ? null : String(next) }
  }
}

test('allPages() reads a list to its end', async () => {
  const all = await allPages(numbersTo(450))
  expect([all.length, all[0], all.at(-1)]).toEqual([450, 1, 450])
})

test('pagesUpTo() reads no more than was asked for, and says where the rest begins', async () => {
  expect(await pagesUpTo(3, numbersTo(450))).toEqual({ items: [1, 2, 3], nextCursor: '4' })
  const more = await pagesUpTo(250, numbersTo(450))
  expect([more.items.length, more.nextCursor]).toEqual([250, '251'])
  expect(await pagesUpTo(3, numbersTo(450), '449')).toEqual({ items: [449, 450], nextCursor: null })
})

test('everyPage() keeps what each page says beside its items', async () => {
  const pages = await everyPage(numbersTo(450))
  expect(pages.map(({ items, total }) => [items.length, total])).toEqual([
    [200, 450],
    [200, 450],
    [50, 450],
  ])
})
