import type pg from 'pg'
import type { Plant } from './plant.ts'
import { replaceEach } from './replace-once.ts'

/**
 * Plants a bug in the functions of a migrated database.
 * @throws PlantMissed when a text to replace is not there exactly once
 */
export async function plantFunctions(db: Pick<pg.Pool, 'query'>, { functions = {} }: Plant): Promise<void> {
  for (const [name, changes] of Object.entries(functions)) {
    const { rows } = await db.query<{ definition: string }>(
      `select pg_get_functiondef(oid) as definition from pg_proc
      where proname = $1 and pronamespace = 'public'::regnamespace`,
      [name],
    )
    const [found, ...others] = rows
    if (found === undefined || others.length > 0)
      throw new Error(`the plant changes the function ${name}, and there are ${rows.length} of that name`)
    await db.query(replaceEach(found.definition, changes, name))
  }
}
