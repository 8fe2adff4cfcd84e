import type { Plant } from './plant.ts'

const chain = `if current_user = 'tenantatlas_door' then
    perform chain_audit(p_workspace, v_now, v_entries);
  else
    perform append_audit(p_workspace, v_now, v_entries);
  end if;`

export const auditOutside: Plant = {
  name: 'audit-outside',
  bug: 'audit outside the transaction',
  mistake: 'The audit entry is written right after the end of the run, so that a busy audit holds up no run.',
  functions: {
    end_runs: [{ find: chain, put: '' }],
  },
  modules: {
    'src/domain/operations/end-run.ts': [
      {
        find: `failpoint('run.ended')`,
        put: `failpoint('run.ended')
  if (finished !== null)
    await inWorkspace(db, run.ctx, (tx) => sql\`
      select append_audit(\${run.ctx.workspaceId}, null, array[row(\${auditId}, r.tenant_id,
        case when r.initiator_id is null then 'system' else 'user' end, r.initiator_id, r.initiator_name, 'run.completed', 'run',
        r.id::text, r.id, r.outcome, null, null, null,
        jsonb_build_object('type', r.type, 'attempts', r.attempts, 'counts', r.summary_counts))::new_audit_entry])
      from operation_runs r where r.workspace_id = \${run.ctx.workspaceId} and r.id = \${run.runId}\`.execute(tx))`,
      },
    ],
  },
  anyway: ['I5'],
  reddens: [{ point: 'run.ended', seeds: [1], violates: ['I5'] }],
}
