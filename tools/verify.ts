import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { reportVerdict, type Check } from './check.ts'

/*
 * npm run verify [-- --static] [--json]: what must hold before a change is handed over. Two checks at a time; what a
 * failed check said is printed, a table ends it. `--static` leaves the tests out, for who just ran them.
 */

interface Command {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
}

const root = join(import.meta.dirname, '..')
const programs = join(root, 'node_modules/.bin')

const commands: readonly Command[] = [
  { name: 'types', program: 'tsc', args: ['--noEmit'] },
  { name: 'lint', program: 'oxlint', args: ['--deny-warnings'] },
  { name: 'format', program: 'oxfmt', args: ['--check'] },
  { name: 'dead code', program: 'knip', args: [] },
  { name: 'architecture', program: 'vitest', args: ['run', '--project', 'pure', 'src/architecture.test.ts'] },
  { name: 'doc links', program: 'node', args: ['tools/check-doc-links.ts'] },
  { name: 'ASVS table', program: 'node', args: ['tools/asvs.ts'] },
]
const tests: Command = { name: 'tests', program: 'node', args: ['tools/test.ts'] }

const isStatic = process.argv.includes('--static')
const waiting = [...commands]
const checks: Check[] = []
await Promise.all([work(), work()])
if (!isStatic) checks.push(await check(tests))
reportVerdict(checks, { json: process.argv.includes('--json') })

async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) checks.push(await check(next))
}

async function check({ name, program, args }: Command): Promise<Check> {
  const start = performance.now()
  const { code, output } = await run(join(programs, program), args)
  const value = `${code === 0 ? 'clean' : `exit code ${code}`}, ${((performance.now() - start) / 1_000).toFixed(1)} s`
  if (code !== 0) console.log(`\n== ${name}: ${program} ${args.join(' ')}\n${output.trim()}`)
  return { name, ok: code === 0, value, goal: 'clean' }
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
