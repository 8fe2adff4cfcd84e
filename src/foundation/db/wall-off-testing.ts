/**
 * Test only: takes one of the two walls between workspaces away, so that a run of the tests shows that the other one holds
 * alone. `TENANTATLAS_TEST_WALL_OFF=database` disables row-level security; `code` makes every filter by workspace that a
 * statement of the program carries true for all rows. `both` is the control: then the tests have to fail.
 */
import pg from 'pg'
import type { OpenDatabase } from '#foundation/db/database.ts'

export type Wall = 'database' | 'code'

const walls: Readonly<Record<string, readonly Wall[]>> = {
  database: ['database'],
  code: ['code'],
  both: ['database', 'code'],
}

export function wallsOff(env: Readonly<Record<string, string | undefined>> = process.env): readonly Wall[] {
  const asked = env['TENANTATLAS_TEST_WALL_OFF'] ?? ''
  const off = asked === '' ? [] : walls[asked]
  if (off === undefined) throw new TypeError(`TENANTATLAS_TEST_WALL_OFF must be database, code or both, not ${asked}`)
  return off
}

/** Disables row-level security on every table, as nobody but the owner can. */
export async function takeDatabaseWallAway(owner: OpenDatabase): Promise<void> {
  await owner.pool.query(`
    do $$ declare v_table regclass; begin
      for v_table in select c.oid::regclass from pg_class c where c.relrowsecurity and c.relnamespace = 'public'::regnamespace loop
        execute format('alter table %s no force row level security', v_table);
        execute format('alter table %s disable row level security', v_table);
      end loop;
    end $$`)
}

/** Rewrites what the connections of a pool send from now on. */
export function takeCodeWallAway({ pool }: OpenDatabase): void {
  pool.on('connect', (client) => {
    const send: (...args: unknown[]) => unknown = client.query.bind(client)
    Reflect.set(client, 'query', (query: unknown, ...rest: unknown[]) => send(withoutFilter(query), ...rest))
  })
}

function withoutFilter(query: unknown): unknown {
  if (typeof query === 'string') return withoutWorkspaceFilter(query)
  if (query instanceof pg.Query || query === null || typeof query !== 'object') return query
  const text: unknown = Reflect.get(query, 'text')
  return typeof text === 'string' ? { ...query, text: withoutWorkspaceFilter(text) } : query
}

/** `workspace_id = $1` is true for every row afterwards; the parameter stays. */
export function withoutWorkspaceFilter(text: string): string {
  return text.replaceAll(/(?:"?\w+"?\.)?"?\bworkspace_id"? = (\$\d+)(?!\d)/g, '($1::uuid is not null)')
}
