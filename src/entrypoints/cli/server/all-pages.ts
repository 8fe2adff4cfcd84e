interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** As many items as one answer of the API holds. */
const mostOfOnePage = 200

/** All items of a list, page by page. */
export async function allPages<Item>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  return (await pagesUpTo(Number.POSITIVE_INFINITY, read)).items
}

/** The first items of a list, as many as a person asked for, and where the rest begins. */
export async function pagesUpTo<Item>(
  atMost: number,
  read: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  from?: string,
): Promise<Page<Item>> {
  const all: Item[] = []
  for (let cursor = from; ;) {
    const limit = Math.min(mostOfOnePage, atMost - all.length)
    const { items, nextCursor } = await read({ limit, ...(cursor !== undefined && { cursor }) })
    all.push(...items)
    if (nextCursor === null || all.length >= atMost) return { items: all, nextCursor }
    cursor = nextCursor
  }
}

/** Every page of an answer that is more than a list, the first one first. */
export async function everyPage<Answer extends { readonly nextCursor: string | null }>(
  read: (page: { limit: number; cursor?: string }) => Promise<Answer>,
): Promise<readonly [Answer, ...Answer[]]> {
  const first = await read({ limit: mostOfOnePage })
  const others: Answer[] = []
  for (let cursor = first.nextCursor; cursor !== null;) {
    const page = await read({ limit: mostOfOnePage, cursor })
    others.push(page)
    cursor = page.nextCursor
  }
  return [first, ...others]
}
