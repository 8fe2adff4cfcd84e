import type { Plant } from './plant.ts'

const insert = `insert into audit_entries
      (workspace_id, id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, detail)
    select e.workspace_id, e.audit, e.tenant_id, v_now, case when e.initiator_id is null then 'system' else 'user' end,
      e.initiator_id, e.initiator_name, 'run.completed', 'run', e.id::text, e.id, e.outcome,
      jsonb_build_object('type', e.type, 'attempts', e.attempts, 'counts', e.summary_counts)
    from ended e`

export const auditOutside: Plant = {
  name: 'audit-outside',
  bug: 'audit outside the transaction',
  mistake: 'The audit entry is written right after the end of the run, so that a busy audit holds up no run.',
  functions: {
    end_runs: [{ find: insert, put: 'select from ended e' }],
  },
  modules: {
    'src/domain/operations/end-run.ts': [
      {
        find: `failpoint('run.ended')`,
        put: `failpoint('run.ended')
  if (finished !== null)
    await sql\`insert into audit_entries
        (workspace_id, id, tenant_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, detail)
      select r.workspace_id, \${auditId}, r.tenant_id, case when r.initiator_id is null then 'system' else 'user' end,
        r.initiator_id, r.initiator_name, 'run.completed', 'run', r.id::text, r.id, r.outcome,
        jsonb_build_object('type', r.type, 'attempts', r.attempts, 'counts', r.summary_counts)
      from operation_runs r where r.workspace_id = \${run.workspaceId} and r.id = \${run.runId}\`.execute(db)`,
      },
    ],
  },
  anyway: ['I5'],
  reddens: [{ point: 'run.ended', seeds: [1], violates: ['I5'] }],
}
