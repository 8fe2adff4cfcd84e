/** Every row of every table as text, bytes in hexadecimal, as a dump has them; and what those bytes say by themselves. */
import type pg from 'pg'
import type { Source } from './find-canaries.ts'

const newline = Buffer.from('\n')

interface Table {
  readonly name: string
  readonly has_workspace: boolean
}

/** With a workspace, of the tables of workspaces its rows only. */
export async function dumpDatabase(pool: pg.Pool, workspaceId?: string): Promise<Source[]> {
  const { rows: tables } = await pool.query<Table>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id') as has_workspace
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     order by 1`,
  )
  if (tables.length === 0) return []
  const reads = tables.map(({ name, has_workspace }, place) => {
    const ofWorkspace = has_workspace && workspaceId !== undefined ? 'where t.workspace_id = $1' : ''
    return `select ${place} as place, t::text as row from ${name} t ${ofWorkspace}`
  })
  const { rows } = await pool.query<{ place: number; row: string }>(
    reads.join(' union all '),
    workspaceId === undefined ? [] : [workspaceId],
  )
  const texts = tables.map((): string[] => [])
  for (const { place, row } of rows) texts[place]?.push(row)
  return tables.map(({ name }, place) => sourceOf(name, texts[place] ?? []))
}

function sourceOf(table: string, rows: readonly string[]): Source {
  const text = rows.join('\n')
  const bytes = (text.match(/\\\\x(?:[0-9a-f]{2})+/g) ?? []).map((hex) => Buffer.from(hex.slice(3), 'hex'))
  const content = Buffer.concat([Buffer.from(text), ...bytes.flatMap((one) => [newline, one])])
  return { place: `table ${table.replace('public.', '')}`, content }
}
