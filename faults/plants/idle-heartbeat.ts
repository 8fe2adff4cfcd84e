import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

export const idleHeartbeat: Plant = {
  name: 'idle-heartbeat',
  bug: 'heartbeat without renewal',
  mistake: 'The heartbeat asks what the worker still holds; that its lease has to grow with it was left out.',
  functions: {
    renew_lease: [{ find: 'lease_until = clock_timestamp() + p_lease', put: 'lease_until = w.lease_until' }],
  },
  anyway: ['I1', 'I4'],
  reddens: [
    {
      point: 'clock_of_worker',
      seeds: seedsOf('clock_of_worker', 1, ({ blow }) => blow.kind === 'clock' && blow.ms.length === 1),
      violates: ['I4'],
    },
  ],
}
