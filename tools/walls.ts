import { reportVerdict, type Check } from './check.ts'
import { runVitest } from './run-vitest.ts'

/*
 * npm run walls [-- --json]: the tests of the HTTP API with one wall between workspaces taken away, then with the other:
 * each holds alone. A control without both has to fail. What takes them away is src/foundation/db/wall-off-testing.ts.
 */

const walls = { database: 'row-level security', code: 'the filters of the statements' } as const
const files = [
  'src/entrypoints/http/api/authorization',
  'src/entrypoints/http/api/members',
  'src/entrypoints/http/api/api.http',
]

const checks: Check[] = []
for (const [wall, words] of Object.entries(walls)) {
  process.env['TENANTATLAS_TEST_WALL_OFF'] = wall
  const { ok, passed, failed } = await runVitest({ name: `walls-${wall}`, args: ['--project', 'db', ...files] })
  checks.push({
    name: `without ${words}`,
    ok: ok && passed > 100,
    value: `${passed} passed, ${failed} failed`,
    goal: '0 failed',
  })
}
process.env['TENANTATLAS_TEST_WALL_OFF'] = 'both'
const { failed } = await runVitest({ name: 'walls-both', args: ['--project', 'db', ...files] })
checks.push({ name: 'control: without both', ok: failed > 0, value: `${failed} failed`, goal: 'some fail' })
reportVerdict(checks, { json: process.argv.includes('--json') })
