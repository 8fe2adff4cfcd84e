import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { replaceOnce } from '../../plants/replace-once.ts'

/*
 * The tests with a database as `npm test` runs them, and each file is searched for its secrets at its end (collect.ts). Every
 * log of the program is written, down to `debug` and to a file, whatever the test wanted to see of it.
 */
const root = new URL('../../..', import.meta.url).pathname
const logModule = 'src/foundation/observability/log.ts'

export default defineConfig({
  root,
  plugins: [
    {
      name: 'log-everything',
      enforce: 'pre',
      transform: (code, id) => (id === `${root}${logModule}` ? loud(code) : undefined),
    },
  ],
  test: {
    name: 'canaries',
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    include: ['src/**/*.{db,http}.test.ts', 'faults/canaries/suite/control.canary.ts'],
    globalSetup: ['src/foundation/db/testing-setup.ts'],
    setupFiles: ['faults/canaries/suite/collect.ts'],
  },
})

// At once, and not when a test comes to it: a text that is not found must not look like a test that failed.
loud(readFileSync(`${root}${logModule}`, 'utf8'))

function loud(code: string): string {
  const change = {
    find: 'return pino(logOptions(options.level), options.pretty ? prettyStream() : pino.destination({ dest: 2, sync: true }))',
    put: `const dest = process.env['TENANTATLAS_TEST_REMAINS'] + '/' + process.pid + '.log'
  return pino(logOptions('debug'), pino.destination({ dest, sync: true }))`,
  }
  return replaceOnce(code, change, logModule)
}
