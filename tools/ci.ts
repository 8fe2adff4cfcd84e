import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { tableOf, type Check, type Verdict } from './check.ts'
import { failuresOf, resultOf } from './run-vitest.ts'

/* .ci/run: the same npm scripts a person runs, one after the other; a failed one does not keep the others from running. */

interface Step {
  readonly script: string
  readonly args: readonly string[]
  /** What the step leaves to count: a vitest report, or the verdict on its last line. */
  readonly report: 'vitest' | 'verdict'
}

interface Count {
  readonly passed: number
  readonly failed: number
}

interface Outcome extends Count {
  /** A line for each failure that has a name. */
  readonly failures: readonly string[]
}

const root = join(import.meta.dirname, '..')
const timeLimitMs = 30 * 60_000
const graceMs = 30_000
// Longer than any verdict.
const tailLength = 1_000_000

const exportedTenant = '../shared/exports/ennnbeee__CES2026-IntuneCD'

const steps: readonly Step[] = [
  { script: 'test', args: [], report: 'vitest' },
  { script: 'walls', args: ['--json'], report: 'verdict' },
  { script: 'e2e', args: [], report: 'vitest' },
  { script: 'faults', args: ['--matrix', 'runs', '--within', '4', '--json'], report: 'verdict' },
  { script: 'faults', args: ['--matrix', 'restore', '--json'], report: 'verdict' },
  { script: 'faults:prove', args: ['--json'], report: 'verdict' },
  { script: 'faults:hosts', args: ['--json'], report: 'verdict' },
  { script: 'canaries', args: ['--json'], report: 'verdict' },
  { script: 'canaries', args: ['--suite', '.http.test.ts', '--json'], report: 'verdict' },
  { script: 'verify', args: ['--static', '--json'], report: 'verdict' },
  { script: 'api', args: ['--lint', '--json'], report: 'verdict' },
  // Always the same choices here; elsewhere each run makes its own.
  { script: 'fuzz', args: ['--seed', '11', '--json'], report: 'verdict' },
  { script: 'supply', args: ['--json'], report: 'verdict' },
  { script: 'demo', args: ['--json'], report: 'verdict' },
  // The same story on a real exported tenant, where there is one.
  { script: 'demo', args: ['--json', '--load', exportedTenant], report: 'verdict' },
]

const stopping = new AbortController()
const stop = stopping.signal
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

const checks: Check[] = []
const failures: string[] = []
let total: Count = { passed: 0, failed: 0 }
for (const step of steps.filter(isPresent)) {
  if (stop.aborted) break
  console.log(`\n==== npm run ${step.script}\n`)
  const start = performance.now()
  const name = ['npm run', step.script, ...step.args].join(' ')
  const outcome = await run(step)
  total = { passed: total.passed + outcome.passed, failed: total.failed + outcome.failed }
  failures.push(...outcome.failures.map((line) => `${name}: ${line}`))
  const seconds = ((performance.now() - start) / 1_000).toFixed(0)
  const value = `${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s`
  checks.push({ name, ok: outcome.failed === 0, value, goal: '0 failed' })
}
console.log(`\n${tableOf(checks)}`)
// Once more by name, where whoever reads only the end looks.
if (failures.length > 0) console.log(`\n${failures.map((line) => `FAILED  ${line}`).join('\n')}`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && !stop.aborted ? 0 : 1

function isPresent({ args }: Step): boolean {
  const isThere = !args.includes(exportedTenant) || existsSync(join(root, exportedTenant))
  if (!isThere) console.log(`\n==== skipped: no export in ${exportedTenant}`)
  return isThere
}

async function run({ script, args, report }: Step): Promise<Outcome> {
  const { code, lastLine } = await npmRun(script, args)
  if (report === 'verdict') {
    const verdict = verdictIn(lastLine)
    const failed = verdict?.checks.filter((check) => !check.ok) ?? []
    return { ...countOf(verdict, code), failures: failed.map(({ name, value, goal }) => `${name}: ${value} (${goal})`) }
  }
  const text = await readFile(join(root, '.tmp', `${script}.json`), 'utf8').catch(() => '{}')
  return { ...resultOf(text, code), failures: failuresOf(text) }
}

/** A step that ended badly failed at least once, whatever its checks say. */
function countOf(verdict: Verdict | undefined, code: number): Count {
  const failed = verdict?.checks.filter((check) => !check.ok).length ?? 0
  const passed = verdict?.checks.filter((check) => check.ok).length ?? 0
  const isMute = verdict === undefined || (code !== 0 && failed === 0)
  return { passed, failed: isMute ? failed + 1 : failed }
}

function verdictIn(line: string): Verdict | undefined {
  try {
    const read = JSON.parse(line) as Partial<Verdict> | null
    return Array.isArray(read?.checks) ? { ok: read.ok === true, checks: read.checks } : undefined
  } catch {
    return undefined
  }
}

/** A step is a process group, which is ended whole when it takes too long or this program is told to stop. */
function npmRun(script: string, args: readonly string[]): Promise<{ code: number; lastLine: string }> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  // Not the program alone: what it started would go on.
  const end = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, signal)
  const onStop = () => end('SIGTERM')
  const late = setTimeout(() => {
    console.log(`\nnpm run ${script} took longer than ${timeLimitMs / 60_000} minutes and was ended.`)
    end('SIGTERM')
  }, timeLimitMs)
  const tooLate = setTimeout(() => end('SIGKILL'), timeLimitMs + graceMs)
  stop.addEventListener('abort', onStop)
  let tail = ''
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    tail = `${tail}${chunk.toString()}`.slice(-tailLength)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      for (const timer of [late, tooLate]) clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
      resolve({ code: code ?? 1, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' })
    })
  })
}
