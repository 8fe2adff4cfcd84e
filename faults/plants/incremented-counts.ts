import type { Change } from './replace-once.ts'
import type { Plant } from './plant.ts'

const afterClaim = 'perform assert_claim(p_workspace, p_run, p_attempt, p_owner);'

/** Adds what `items` yields to the counts of the run; what it yields has the columns key and value. */
function adding(items: string): Change {
  return {
    find: afterClaim,
    put: `${afterClaim}
  update operation_runs r set summary_counts = (
    select coalesce(jsonb_object_agg(s.key, s.n), '{}') from (
      select c.key, sum(c.value::bigint) as n
      from (select * from jsonb_each_text(r.summary_counts) union all ${items}) c group by c.key
    ) s
  )
  where r.workspace_id = p_workspace and r.id = p_run;`,
  }
}

export const incrementedCounts: Plant = {
  name: 'incremented-counts',
  bug: 'counts incremented',
  mistake: 'The counts are kept up to date while the run goes on, so that its end need not sum up thousands of items.',
  functions: {
    plan_run_items: [adding(`select 'total', jsonb_array_length(p_items)::text`)],
    record_run_items: [
      adding(`select n.key, (n.value::bigint - coalesce((k.counts ->> n.key)::bigint, 0))::text
        from jsonb_to_recordset(p_items) as i (key text, counts jsonb) cross join jsonb_each_text(i.counts) n
        left join run_items k on k.workspace_id = p_workspace and k.run_id = p_run and k.item_key = i.key`),
    ],
    end_runs: [
      {
        find: 'run_counts(p_workspace, (e.live).run_id)',
        put: `'{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}'::jsonb
    || (select r.summary_counts from operation_runs r where r.workspace_id = p_workspace and r.id = (e.live).run_id)`,
      },
    ],
  },
  reddens: [{ point: 'run.items_planned', seeds: [1], violates: ['I4'] }],
}
