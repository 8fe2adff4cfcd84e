import { newId } from '#foundation/kernel/ids.ts'
import type { Ledger } from './ledger-stage.ts'
import { callsPerSecond } from './measure.ts'
import type { Sizes } from './sizes.ts'

export interface MachineFigures {
  readonly insertsPerSecond: number
  readonly selectsPerSecond: number
}

/** What the machine gives at this moment to anybody: the other figures are to be read beside these. */
export async function measureMachine({ owner: { pool } }: Ledger, sizes: Sizes): Promise<MachineFigures> {
  await pool.query('create table bench_rows (id uuid primary key, n integer not null)')
  const load = { ...sizes, warmUpMs: 1_000 }
  const insert = (n: number) =>
    pool.query({ name: 'insert', text: 'insert into bench_rows values ($1, $2)', values: [newId(), n] })
  const select = () => pool.query({ name: 'select', text: 'select 1' })
  return { insertsPerSecond: await callsPerSecond(load, insert), selectsPerSecond: await callsPerSecond(load, select) }
}
