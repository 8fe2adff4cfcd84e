import { reportVerdict } from './check.ts'
import { runVitest } from './run-vitest.ts'

/*
 * npm test [-- <vitest arguments>] [--json]: every test but those that need a browser. vitest's own summary is the
 * last that is printed; with --json one line of JSON follows.
 */

const args = process.argv.slice(2)
const isJson = args.includes('--json')
const result = await runVitest({ name: 'test', args: ['--project', '!e2e', ...args.filter((arg) => arg !== '--json')] })
if (isJson) {
  const value = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`
  reportVerdict([{ name: 'tests', ok: result.ok, value, goal: '0 failed' }], { json: true })
}
process.exitCode = result.ok ? 0 : 1
