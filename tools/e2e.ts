import { globSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reportVerdict } from './check.ts'
import { runVitest } from './run-vitest.ts'

/* npm run e2e [-- --json]: the tests named *.e2e.ts, in a real browser on the real program. */

const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2)
const files = globSync('{src,web}/**/*.e2e.ts', { cwd: root })

if (files.length === 0) {
  await rm(join(root, '.tmp/e2e.json'), { force: true })
  console.log('There are no tests named *.e2e.ts below src or web yet: nothing to run in a browser.')
  if (args.includes('--json')) console.log(JSON.stringify({ ok: true, checks: [] }))
} else {
  const result = await runVitest({ name: 'e2e', args: ['--project', 'e2e', ...args.filter((arg) => arg !== '--json')] })
  const value = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`
  if (args.includes('--json'))
    reportVerdict([{ name: 'browser tests', ok: result.ok, value, goal: '0 failed' }], { json: true })
  process.exitCode = result.ok ? 0 : 1
}
