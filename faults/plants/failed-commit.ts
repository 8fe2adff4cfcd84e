import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

export const failedCommit: Plant = {
  name: 'failed-commit',
  bug: 'COMMIT error taken as failed',
  mistake: 'A start whose statement throws did not happen, and the person is told so.',
  modules: {
    'src/domain/operations/ensure-run.ts': [
      {
        find: 'if (!wasLost && !isConflict(error)) throw error',
        put: `if (wasLost)
        throw new Failure('dependency_unreachable', 'The operation was not started: the database went away.', { cause: error })
      if (!isConflict(error)) throw error`,
      },
    ],
  },
  reddens: [
    {
      point: 'answer_lost',
      seeds: seedsOf('answer_lost', 1, ({ blow }) => blow.kind === 'answer_lost' && blow.to === 'start'),
      violates: ['I1'],
    },
  ],
}
