import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { reportVerdict } from './check.ts'

/** What a run of tests came to. */
export interface TestResult {
  readonly ok: boolean
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Ends a command that ran tests: the counts as the last line, or with `json` the verdict; sets the exit code. */
export function reportTests(name: string, result: TestResult, { json }: { json: boolean }): void {
  const { ok, passed, failed, skipped } = result
  const value = `${passed} passed, ${failed} failed, ${skipped} skipped`
  if (json) reportVerdict([{ name, ok, value, goal: '0 failed' }], { json })
  else console.log(`\n${value}`)
  process.exitCode = ok ? 0 : 1
}

const root = join(import.meta.dirname, '..')

/** Runs vitest with its own output, keeps its JSON report at `.tmp/<name>.json`, and says what came of it. */
export async function runVitest(options: { name: string; args: readonly string[] }): Promise<TestResult> {
  const report = join(root, '.tmp', `${options.name}.json`)
  await mkdir(dirname(report), { recursive: true })
  await rm(report, { force: true })
  const args = ['run', '--reporter=json', '--reporter=default', `--outputFile.json=${report}`, ...options.args]
  const exitCode = await run(join(root, 'node_modules/.bin/vitest'), args)
  return resultOf(await readFile(report, 'utf8').catch(() => '{}'), exitCode)
}

/**
 * The counts of a vitest JSON report. A file that fails outside its tests (an import, a leaked pool) counts as one
 * failure, and so does a run that failed without naming one.
 */
export function resultOf(report: string, exitCode: number): TestResult {
  const { testResults = [] } = JSON.parse(report) as VitestReport
  const outcomes = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status))
  const count = (...statuses: readonly string[]) => outcomes.filter((status) => statuses.includes(status)).length
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
  ).length
  const failed = count('failed') + brokenFiles
  const isUnexplained = exitCode !== 0 && failed === 0
  return {
    ok: exitCode === 0 && failed === 0,
    passed: count('passed'),
    failed: isUnexplained ? 1 : failed,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
  }
}

/** One line for each failure in a vitest JSON report: its file, the test's whole name, how its message begins. */
export function failuresOf(report: string): readonly string[] {
  const { testResults = [] } = JSON.parse(report) as VitestReport
  return testResults.flatMap(({ name = '', status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter(isFailed)
    if (failed.length === 0) return status === 'failed' ? [lineOf(file, message)] : []
    return failed.map(({ fullName = '', failureMessages }) => lineOf(`${file} > ${fullName}`, failureMessages?.[0]))
  })
}

const messageLength = 300

function lineOf(name: string, message = ''): string {
  const begin = message.replaceAll(/\s+/g, ' ').trim().slice(0, messageLength)
  return begin === '' ? name : `${name}: ${begin}`
}

interface VitestReport {
  readonly testResults?: readonly {
    readonly name?: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName?: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

function isFailed({ status }: { status: string }): boolean {
  return status === 'failed'
}

function run(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
