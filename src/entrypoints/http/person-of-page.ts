import type { Context } from 'hono'
import type { Person } from '#domain/access/caller.ts'
import { identifyCaller } from '#domain/access/identify-caller.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'

/** Whose session the browser shows; undefined when there is none that lives. */
export async function personOfPage(db: Database, cookies: Cookies, c: Context): Promise<Person | undefined> {
  const token = cookies.session.read(c.req.header('cookie'))
  const caller = token === undefined ? undefined : await identifyCaller(db, { kind: 'session', token })
  return caller?.kind === 'person' ? caller : undefined
}
