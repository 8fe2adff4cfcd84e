/**
 * Runs a program of this checkout under the Node that belongs to it, on a machine that has any Node from 18 up:
 *
 *   node tools/bootstrap.mjs src/main.ts up
 *   node tools/bootstrap.mjs node_modules/.bin/oxfmt --check
 *
 * Installs first when node_modules is not what package-lock.json says. Plain JavaScript without dependencies: it runs
 * when nothing is installed yet.
 */
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { confinementOf } from './confine.mjs'
import { InstallError, ensureInstalled } from './install.mjs'

const root = resolve(fileURLToPath(import.meta.url), '../..')

// A young generation of 24 MB instead of up to 96: 100 MB less at the peak of a large backup, in the same time.
const nodeFlags = ['--max-semi-space-size=8']

// Not on Windows, and not under Node before 22.
const canBecomeAnother = typeof process.execve === 'function' && process.platform !== 'win32'

/**
 * Installs if need be, runs `program` (a path in the checkout) with `args`, and ends this process as it ended.
 *
 * @param {string[]} argv
 */
export async function bootstrap([program, ...args]) {
  if (program === undefined) return refuse('usage: node tools/bootstrap.mjs <program> [arguments]', 2)
  try {
    await ensureInstalled(root)
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    return refuse(error.message, 1)
  }
  run(program, args)
}

/**
 * @param {string} message
 * @param {number} code
 */
function refuse(message, code) {
  process.stderr.write(`${message}\n`)
  process.exitCode = code
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const programs = join(root, 'node_modules/.bin')
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH ?? ''}` }
  const node = join(programs, 'node')
  const confinement = program === 'src/main.ts' ? confinementOf(root, args, env) : []
  const argv = [...nodeFlags, ...confinement, realpathSync(resolve(root, program)), ...args]
  // What serves and works for months takes the place of this process: the same process id, the same signals, one process.
  if (confinement.length > 0 && canBecomeAnother) process.execve?.(node, [node, ...argv], env)
  const child = spawn(node, argv, { stdio: 'inherit', env })
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (!wasSentToChild(signal)) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  child.on('error', (error) => refuse(`${program} could not be started: ${error.message}`, 1))
  child.on('exit', (code, signal) => endAs(code, signal, forward))
}

/**
 * Ctrl-C in a terminal reaches every process of the group: sent on, the program would see it twice.
 *
 * @param {NodeJS.Signals} signal
 */
function wasSentToChild(signal) {
  return signal === 'SIGINT' && [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
}

/**
 * By the same exit code, or by the same signal: a shell tells the two apart.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @param {(signal: NodeJS.Signals) => void} forward
 */
function endAs(code, signal, forward) {
  if (signal === null) {
    process.exitCode = code ?? 1
    return
  }
  process.exitCode = 128 + constants.signals[signal]
  process.removeListener(signal, forward)
  process.kill(process.pid, signal)
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await bootstrap(process.argv.slice(2))
}
