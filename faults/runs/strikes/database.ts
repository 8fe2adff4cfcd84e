/** The database is there and does not do what it is asked: it cuts connections, lets statements wait, or refuses them. */
import { setTimeout as pause } from 'node:timers/promises'
import { givenTenant } from '#foundation/db/factories.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'

export async function connectionsCut(play: Play, { how, requests }: BlowOf<'connections_cut'>): Promise<boolean> {
  if (how === 'exhausted') return exhausted(play)
  const runId = await play.start()
  await play.slowDown()
  const worker = await play.worker(how === 'timed_out' ? { statementTimeoutMs: 300 } : {})
  const isMidRun = await play.untilMidRun(worker, runId, requests)
  const isHit = how === 'terminated' ? await terminate(play) : await holdUp(play)
  await play.graph([])
  await play.untilEnded(runId)
  return isMidRun && isHit && !worker.isGone
}

/** Three times all of them, as a failover to an empty pool does. */
async function terminate({ stage: { database } }: Play): Promise<boolean> {
  let cut = 0
  for (let times = 0; times < 3; times += 1) {
    const { rowCount } = await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'fault matrix worker'`,
    )
    cut += rowCount ?? 0
    await pause(150)
  }
  return cut > 0
}

/** What writes items waits for a lock longer than a statement may take. */
async function holdUp({ stage: { database } }: Play): Promise<boolean> {
  const client = await database.pool.connect()
  try {
    await client.query('begin; lock table run_items in access exclusive mode')
    await pause(900)
    await client.query('rollback')
    return true
  } finally {
    client.release()
  }
}

/** More runs than connections: they take turns, and the lease is kept. */
async function exhausted(play: Play): Promise<boolean> {
  play.isCrowded = true
  const { db } = play.stage.database
  const tenants = [play.ctx, await givenTenant(db, play.ctx), await givenTenant(db, play.ctx)]
  const ids = await Promise.all(tenants.map((ctx, n) => play.start({}, `tenant ${n + 1}`, ctx)))
  const worker = await play.worker({ poolSize: 3 })
  for (const id of ids) await play.untilEnded(id)
  return !worker.isGone
}

/** Raised by the table itself, whoever writes it, so often and no more: a sequence keeps count, since it does not roll back. */
export async function conflict(play: Play, { table, state, times }: BlowOf<'conflict'>): Promise<boolean> {
  const { pool } = play.stage.database
  await pool.query(`
    create sequence fault_conflicts;
    create function fault_conflict() returns trigger language plpgsql security definer as $$
    begin
      if nextval('fault_conflicts') <= ${times} then
        raise exception 'raised on purpose' using errcode = '${state}';
      end if;
      return new;
    end $$;
    create trigger fault_conflict before insert or update on ${table} for each row execute function fault_conflict()`)
  try {
    const runId = await startPatiently(play)
    await play.stage.resident.work()
    await play.untilEnded(runId)
    const { rows } = await pool.query<{ n: number }>('select last_value::int as n from fault_conflicts')
    return (rows[0]?.n ?? 0) > times
  } finally {
    await pool.query(`
      drop trigger fault_conflict on ${table};
      drop function fault_conflict();
      drop sequence fault_conflicts`)
  }
}

/** A start that waited too long for another one says so, and that it is to be tried again: a person does. */
async function startPatiently(play: Play): Promise<RunId> {
  return play.start().catch(async (error: unknown) => {
    if (error instanceof Failure && error.reason === 'invalid_state') return startPatiently(play)
    throw error
  })
}
