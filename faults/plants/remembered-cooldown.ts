import type { Plant } from './plant.ts'

export const rememberedCooldown: Plant = {
  name: 'remembered-cooldown',
  bug: 'cooldown in memory',
  mistake: 'A cooldown is short: a map in the process that starts the runs is fast, and enough.',
  functions: {
    end_runs: [{ find: 'holds = v.cooldown_until is not null', put: 'holds = false' }],
  },
  modules: {
    'src/domain/operations/ensure-run.ts': [
      {
        find: 'const ensured = await ensureCommitted(db, run, () => startAs(db, ctx, run))',
        put: `const key = [run.ctx.workspaceId, run.tenantId, run.identity.toString('hex')].join(' ')
  const last = lastRuns.get(key)
  if (last !== undefined) {
    const { cooldown_until: retryAt } = await inWorkspace(db, run.ctx, (tx) => tx.selectFrom('operation_runs').select('cooldown_until')
      .where('workspace_id', '=', run.ctx.workspaceId).where('id', '=', last).executeTakeFirstOrThrow())
    if (retryAt > new Date()) return { disposition: 'cooldown', runId: last, retryAt }
  }
  const ensured = await ensureCommitted(db, run, () => startAs(db, ctx, run))
  lastRuns.set(key, ensured.runId)`,
      },
      { find: 'function someoneWaits(', put: 'const lastRuns = new Map()\n\nfunction someoneWaits(' },
    ],
  },
  reddens: [{ point: 'parallel_starts', seeds: [1], violates: ['I1'] }],
}
