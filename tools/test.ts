import { reportTests, runVitest } from './run-vitest.ts'

/*
 * npm test [-- <vitest arguments>] [--json]: every test but those that need a browser. The last line says how many
 * passed and failed; with --json it is one line of JSON.
 */

const args = process.argv.slice(2).filter((arg) => arg !== '--json')
const result = await runVitest({ name: 'test', args: ['--project', '!e2e', ...args] })
reportTests('tests', result, { json: process.argv.includes('--json') })
