/** Every row of every table as text, bytes in hexadecimal, as a dump has them; and what those bytes say by themselves. */
import type pg from 'pg'
import type { Source } from './find-canaries.ts'

const newline = Buffer.from('\n')

export async function dumpDatabase(pool: pg.Pool): Promise<Source[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     order by 1`,
  )
  const sources: Source[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`)
    const place = `table ${name.replace('public.', '')}`
    const text = rows.map(({ row }) => row).join('\n')
    const bytes = (text.match(/\\\\x(?:[0-9a-f]{2})+/g) ?? []).map((hex) => Buffer.from(hex.slice(3), 'hex'))
    sources.push({ place, content: Buffer.concat([Buffer.from(text), ...bytes.flatMap((one) => [newline, one])]) })
  }
  return sources
}
