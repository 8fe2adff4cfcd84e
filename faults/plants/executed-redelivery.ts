import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

export const executedRedelivery: Plant = {
  name: 'executed-redelivery',
  bug: 'redelivery executed',
  mistake: 'What is in the queue is to be done; that its run may have ended already was not thought of.',
  functions: {
    claim_runs: [{ find: `r.outcome = 'pending' as is_canonical`, put: 'true as is_canonical' }],
    // Its second end is none: what the first one wrote stands.
    end_runs: [{ find: 'if cardinality(v_written) <> cardinality(v_runs) then', put: 'if false then' }],
  },
  reddens: [
    {
      point: 'redelivered',
      seeds: seedsOf('redelivered', 1, ({ blow }) => blow.kind === 'redelivered' && blow.when === 'ended'),
      violates: ['I2'],
    },
  ],
}
