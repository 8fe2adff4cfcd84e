import type { RestoreDetailDocument } from '#contract/api/restores.ts'
import { everyPage } from '#entrypoints/cli/server/all-pages.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** The restore run with all its items, however many there are. */
export async function wholeRestore({ api, at }: Session, id: string): Promise<RestoreDetailDocument> {
  const pages = await everyPage((page) => api.restores.get({ ...at, restore: id, ...page }))
  const { nextCursor: _, ...restore } = pages[0]
  return { ...restore, items: pages.flatMap(({ items }) => items) }
}
