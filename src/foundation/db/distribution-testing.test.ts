import { expect, test } from 'vitest'
import { unboundAccesses } from '#foundation/db/distribution-testing.ts'

const scoped = new Set(['tenants', 'live_runs', 'operation_runs', 'run_items'])

test.each([
  'select 1 from live_runs where workspace_id = $1 and run_id = $2',
  'select 1 from "live_runs" where "live_runs"."workspace_id" = $1',
  'select 1 from live_runs l where p_workspace = l.workspace_id for update skip locked',
  'select 1 from workers w',
  'update live_runs l set leased = false where l.workspace_id = p_workspace',
  'delete from live_runs as l where l.workspace_id = $1',
  'insert into run_items (workspace_id, run_id) values ($1, $2) on conflict do update set run_id = excluded.run_id',
  'insert into live_runs as l (workspace_id, run_id) select p_workspace, c.id from created c',
  'select 1 from operation_runs r left join live_runs l on l.workspace_id = r.workspace_id where r.workspace_id = $1',
  'select 1 from unnest($1, $2) x (workspace_id, lane) join live_runs l on l.workspace_id = x.workspace_id',
  'select * into v_live from live_runs l where l.workspace_id = p_workspace',
])('unboundAccesses() finds nothing in: %s', (statement) => {
  expect(unboundAccesses(statement, scoped)).toEqual([])
})

test.each([
  ['select 1 from live_runs where run_id = $1', ['live_runs']],
  ['select 1 from live_runs l, tenants t where t.workspace_id = $1', ['live_runs as l']],
  ['select 1 from tenants t, live_runs l where t.workspace_id = $1', ['live_runs as l']],
  ["update live_runs l set leased = false where l.lane = 'workspace_id = $1'", ['live_runs as l']],
  ['delete from live_runs -- where workspace_id = $1', ['live_runs']],
  ['insert into run_items (run_id) select workspace_id from x', ['run_items']],
  [
    'select 1 from operation_runs r join live_runs l on l.workspace_id = r.workspace_id',
    ['operation_runs as r', 'live_runs as l'],
  ],
  [
    'select workspace_id from operation_runs r join live_runs l on l.run_id = r.id where r.workspace_id = $1',
    ['live_runs as l'],
  ],
  ['select 1 from tenants where workspace_id = $1; select 1 from tenants', ['tenants']],
])('unboundAccesses() bites: %s', (statement, found) => {
  expect(unboundAccesses(statement, scoped)).toEqual(found)
})
