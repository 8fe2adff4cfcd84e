/**
 * Asks two linters of others about the OpenAPI document. They are large and no part of the product: their package.json and
 * lock file stand in this folder, and they are installed here when they are missing or the lock file asks for others.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from '../check.ts'

const folder = import.meta.dirname

const linters = [
  {
    name: 'Redocly, recommended rules',
    program: 'redocly',
    argsFor: (file: string) => ['lint', `--config=${join(folder, 'redocly.yaml')}`, '--format=json', file],
  },
  {
    name: 'Spectral, spectral:oas',
    program: 'spectral',
    argsFor: (file: string) => ['lint', `--ruleset=${join(folder, 'spectral.yaml')}`, '--format=json', '--quiet', file],
  },
] as const

/** One check for each linter: no errors and no warnings. What they say is printed. */
export async function lintDocument(file: string): Promise<Check[]> {
  await install()
  const checks: Check[] = []
  for (const { name, program, argsFor } of linters) {
    const { code, stdout, stderr } = await run(join(folder, 'node_modules/.bin', program), argsFor(file))
    const problems = problemsIn(stdout)
    const ok = code === 0 && problems === 0
    if (!ok) console.log(`\n== ${name}\n${stdout.trim()}\n${stderr.trim()}`)
    checks.push({ name, ok, value: `${problems ?? 'unknown'} problems`, goal: '0 problems' })
  }
  return checks
}

/** How many problems a report names, warnings included; undefined when it is no report. */
export function problemsIn(report: string): number | undefined {
  try {
    const read: unknown = JSON.parse(report)
    if (Array.isArray(read)) return read.length
    const problems: unknown = read !== null && typeof read === 'object' ? Reflect.get(read, 'problems') : undefined
    return Array.isArray(problems) ? problems.length : undefined
  } catch {
    return undefined
  }
}

/** Anew whenever the lock file is another one than at the last time. */
async function install(): Promise<void> {
  const marker = join(folder, 'node_modules', '.installed')
  const wanted = createHash('sha256')
    .update(await readFile(join(folder, 'package-lock.json')))
    .digest('hex')
  if ((await readFile(marker, 'utf8').catch(() => '')) === wanted) return
  process.stderr.write('Installing the linters of the API description, from the npm registry\n')
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const cli = process.env.npm_execpath
  const { code, stderr } =
    cli?.endsWith('npm-cli.js') === true ? await run(process.execPath, [cli, ...args]) : await run('npm', args)
  if (code !== 0)
    throw new Error(
      `${stderr.trim()}\nThe linters could not be installed: see that the npm registry answers (npm ping).`,
    )
  await writeFile(marker, wanted)
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  // Redocly would look for news and send statistics.
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, stdout, stderr: error.message }))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
