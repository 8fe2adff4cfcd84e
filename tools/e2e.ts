import { globSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reportVerdict } from './check.ts'
import { reportTests, runVitest } from './run-vitest.ts'

/* npm run e2e [-- --json]: the tests named *.e2e.ts, in a real browser on the real program. */

const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2).filter((arg) => arg !== '--json')
const json = process.argv.includes('--json')
const files = globSync('{src,web}/**/*.e2e.ts', { cwd: root })

if (files.length === 0) {
  await rm(join(root, '.tmp/e2e.json'), { force: true })
  console.log('There are no tests named *.e2e.ts below src or web: nothing to run in a browser.')
  reportVerdict([], { json })
} else {
  const result = await runVitest({ name: 'e2e', args: ['--project', 'e2e', ...args] })
  reportTests('browser tests', result, { json })
}
