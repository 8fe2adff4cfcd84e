import type { Plant } from './plant.ts'

export const checkedCooldown: Plant = {
  name: 'checked-cooldown',
  bug: 'cooldown checked then inserted',
  mistake: 'The unique index keeps active runs apart; whether the last one cools down is asked before the insert.',
  functions: {
    // First whether one cools down; whether one is active is the insert's to say, and looked up after it.
    ensure_run: [
      {
        find: 'r.tenant_id = p_tenant and r.identity = p_identity and r.holds;',
        put: `r.tenant_id = p_tenant and r.identity = p_identity
        and (r.cooldown_until > clock_timestamp() or r.holds and i > 1) order by r.holds desc limit 1;`,
      },
      {
        find: 'r.tenant_id is null and r.identity = p_identity and r.holds;',
        put: `r.tenant_id is null and r.identity = p_identity
        and (r.cooldown_until > clock_timestamp() or r.holds and i > 1) order by r.holds desc limit 1;`,
      },
    ],
    start_runs: [{ find: "decode(s.identity, 'hex') and h.holds", put: "decode(s.identity, 'hex')" }],
    end_runs: [{ find: 'holds = v.cooldown_until is not null', put: 'holds = false' }],
  },
  reddens: [{ point: 'racing_starts', seeds: [1], violates: ['I1'] }],
}
