import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

export const applicationClock: Plant = {
  name: 'application-clock',
  bug: 'lease by application clock',
  mistake: 'Each process ends the leases that are over by its own clock: all of them are set by NTP, after all.',
  functions: {
    lost_claims: [{ find: 'delete from workers w where w.lease_until < clock_timestamp();', put: '' }],
  },
  modules: {
    'src/domain/operations/recover-runs.ts': [
      {
        find: 'async function lostClaims(db: Database): Promise<LostClaim[]> {',
        put: `async function lostClaims(db: Database): Promise<LostClaim[]> {
  await db.deleteFrom('workers').where('lease_until', '<', new Date()).execute()`,
      },
    ],
  },
  reddens: [
    {
      point: 'clock_of_neighbour',
      seeds: seedsOf('clock_of_neighbour', 1, ({ blow }) => blow.kind === 'clock' && blow.ms.every((ms) => ms > 0)),
      violates: ['I4'],
    },
  ],
}
