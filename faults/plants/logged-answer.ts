import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

export const loggedAnswer: Plant = {
  name: 'logged-answer',
  bug: 'token in the log',
  mistake: 'The log replaces fields with the names of secrets, so what sign-in answered may be logged whole.',
  modules: {
    'src/graph/client/token-source.ts': [
      {
        find: "if (!result?.accessToken) throw new TokenEndpointUnreachable('an answer without a token')",
        put: `if (!result?.accessToken) throw new TokenEndpointUnreachable('an answer without a token')
        log.debug({ answer: JSON.stringify(result) }, 'access token received')`,
      },
    ],
  },
  anyway: ['S2'],
  reddens: [
    { point: 'sigterm', seeds: seedsOf('sigterm', 1, ({ blow }) => blow.kind === 'sigterm'), violates: ['S2'] },
  ],
}
