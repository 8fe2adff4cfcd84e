import type { CallContext } from '#entrypoints/cli/server/api.ts'

interface Options {
  readonly context: CallContext
}

/** Reads a record to change it: with `ifUnchanged`, the server refuses a change of what somebody else changed meanwhile. */
export async function readForChange<Document>(
  read: (options: Options) => Promise<Document>,
): Promise<{ readonly found: Document; readonly ifUnchanged: Options }> {
  let etag = ''
  const found = await read({ context: { onEtag: (seen) => (etag = seen) } })
  return { found, ifUnchanged: { context: { ifMatch: etag } } }
}
