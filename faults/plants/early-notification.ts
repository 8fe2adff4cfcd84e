import type { Plant } from './plant.ts'

export const earlyNotification: Plant = {
  name: 'early-notification',
  bug: 'notification before the commit',
  mistake: 'What is to be told is written down first, so that it cannot be lost when the process dies at the end.',
  functions: {
    end_runs: [{ find: `where e.trigger not in ('system', 'reconcile')`, put: 'where false' }],
  },
  modules: {
    'src/domain/operations/end-run.ts': [
      {
        find: `failpoint('run.ending')`,
        put: `await sql\`insert into outbox (workspace_id, id, event, run_id)
    select r.workspace_id, \${end.auditId}, 'run.completed', r.id from operation_runs r
    where r.workspace_id = \${run.ctx.workspaceId} and r.id = \${run.runId} and r.trigger not in ('system', 'reconcile')
    on conflict do nothing\`.execute(db)
  failpoint('run.ending')`,
      },
    ],
  },
  anyway: ['I5'],
  reddens: [{ point: 'run.ending', seeds: [1], violates: ['I5'] }],
}
