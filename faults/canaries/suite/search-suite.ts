/** npm run canaries -- --suite: runs the tests that have a database, each searched at its end, and says what was found. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check } from '../../../tools/check.ts'
import { runVitest } from '../../../tools/run-vitest.ts'
import { encodings } from '../control.ts'
import type { FileReport, Leak } from './file-report.ts'

const name = 'canaries'
const config = 'faults/canaries/suite/vitest.config.ts'
const control = 'faults/canaries/suite/control.canary.ts'
const controlPlaces = ['log', 'table users', 'GET /api/v1/me: body']

export interface SearchedSuite {
  readonly checks: readonly Check[]
  readonly leaks: readonly (Leak & Pick<FileReport, 'file'>)[]
}

/** `files`: only the tests whose paths hold one of these texts; none: all. */
export async function searchSuite(files: readonly string[]): Promise<SearchedSuite> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-remains-'))
  try {
    process.env['TENANTATLAS_TEST_REMAINS'] = folder
    const only = files.length === 0 ? [] : [...files, control]
    const { ok, passed, failed } = await runVitest({ name, args: ['--config', config, ...only] })
    const tests: Check = { name: 'tests', ok, value: `${passed} passed, ${failed} failed`, goal: '0 failed' }
    return judge(await readReports(folder), { tests, files: await filesRun() })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Ran {
  readonly tests: Check
  /** How many test files there were. */
  readonly files: number
}

export function judge(reports: readonly FileReport[], { tests, files }: Ran): SearchedSuite {
  const searched = reports.filter(({ file }) => file !== control)
  const leaks = searched.flatMap(({ file, leaks: own }) => own.map((leak) => ({ ...leak, file })))
  const kinds = new Set(searched.flatMap(({ secrets }) => Object.keys(secrets)))
  const secrets = sum(searched.map((one) => sum(Object.values(one.secrets))))
  const answers = sum(searched.map((one) => one.answers))
  const tables = sum(searched.map((one) => one.tables))
  const missed = missedBy(reports.find(({ file }) => file === control))
  const megabytes = (sum(searched.map(({ bytes }) => bytes)) / 1e6).toFixed(1)
  return {
    leaks,
    checks: [
      tests,
      { name: 'test files searched', ok: reports.length === files, value: reports.length, goal: files },
      {
        name: 'secrets put somewhere to try the search, not found',
        ok: missed === 0,
        value: missed,
        goal: `0 of ${controlPlaces.length * Object.keys(encodings).length}`,
      },
      { name: `secrets (${[...kinds].join(', ')})`, ok: secrets > 0, value: secrets, goal: '> 0' },
      { name: 'searched', ok: true, value: `${answers} answers, ${tables} tables, ${megabytes} MB`, goal: 'recorded' },
      { name: 'leaks', ok: leaks.length === 0, value: leaks.length, goal: 0 },
    ],
  }
}

/** Each of its tokens must be found in each place. */
function missedBy(report: FileReport | undefined): number {
  return sum(
    controlPlaces.map((place) => {
      const found = new Set(report?.leaks.filter((leak) => leak.place === place).map(({ secret }) => secret))
      return Math.max(0, Object.keys(encodings).length - found.size)
    }),
  )
}

async function readReports(folder: string): Promise<FileReport[]> {
  const names = (await readdir(folder)).filter((one) => one.endsWith('.json'))
  return Promise.all(names.map(async (one) => JSON.parse(await readFile(join(folder, one), 'utf8')) as FileReport))
}

async function filesRun(): Promise<number> {
  const report = await readFile(join(import.meta.dirname, `../../../.tmp/${name}.json`), 'utf8').catch(() => '{}')
  return (JSON.parse(report) as { readonly testResults?: readonly unknown[] }).testResults?.length ?? 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
