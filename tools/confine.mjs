/**
 * What `tenantatlas work` and `tenantatlas serve` may touch of the machine they run on, as flags of Node's permission
 * model: the files named here and no others, no child process, no thread, no native module (docs/production.md). Plain
 * JavaScript without dependencies, like the bootstrap that uses it.
 */
import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * @typedef {Readonly<Record<string, string | undefined>>} Environment
 * @typedef {{ readonly reads: readonly string[], readonly writes: readonly string[] }} Grants
 */

/**
 * The flags for this command line; none for other commands, for whoever switched them off, and beside the embedded
 * PostgreSQL, which is found by looking at other processes.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @param {Environment} env
 * @returns {string[]}
 */
export function confinementOf(root, args, env) {
  const command = args.find((arg) => !arg.startsWith('-'))
  if (command !== 'work' && command !== 'serve') return []
  if (isSwitchedOff(env) || given(env, 'DATABASE_URL') === undefined) return []
  const { reads, writes } = command === 'work' ? grantsOfWork(root, env) : grantsOfServe(root, env)
  return [
    '--permission',
    ...flags('read', [...ofTheProgram(root), ...ofItself, ...ofTheDatabase(env), ...reads, ...writes]),
    ...flags('write', writes),
  ]
}

/** @param {Environment} env */
function isSwitchedOff(env) {
  return given(env, 'TENANTATLAS_CONFINEMENT') === 'off'
}

/**
 * Node loads modules from where a link leads; every other path is looked up as the program names it.
 *
 * @param {string} root
 */
function ofTheProgram(root) {
  const modules = join(root, 'node_modules')
  return [...['src', 'migrations', 'package.json'].map((name) => join(root, name)), modules, realpathSync(modules)]
}

// Its figures for /metrics. Not all of /proc/self: through its links a process reaches the whole machine.
const ofItself = ['status', 'stat', 'limits', 'fd'].map((name) => join('/proc/self', name))

/**
 * @param {string} root
 * @param {Environment} env
 * @returns {Grants}
 */
function grantsOfWork(root, env) {
  const tokenFile = given(env, 'TENANTATLAS_FEDERATED_TOKEN_FILE') ?? given(env, 'AZURE_FEDERATED_TOKEN_FILE')
  const keys = keysFolder(root, env)
  return {
    reads: namedFiles([given(env, 'TENANTATLAS_CREDENTIALS_KEY_FILE'), tokenFile]),
    writes: [keys, join(keys, '*')],
  }
}

/**
 * Not the private keys, even where they lie in the same folder.
 *
 * @param {string} root
 * @param {Environment} env
 * @returns {Grants}
 */
function grantsOfServe(root, env) {
  const keys = keysFolder(root, env)
  const files = ['TENANTATLAS_ENTRA_CERTIFICATE_FILE', 'TENANTATLAS_ENTRA_CLIENT_SECRET_FILE']
  return {
    reads: [join(keys, 'audit.pub'), ...namedFiles(files.map((name) => given(env, name)))],
    // A folder that is there would be granted with all that is in it.
    writes: [join(keys, 'sign-in.key*'), ...(existsSync(keys) ? [] : [keys])],
  }
}

/**
 * Authority, certificate and key that DATABASE_URL names, and the file of passwords.
 *
 * @param {Environment} env
 */
function ofTheDatabase(env) {
  const parameters = new URLSearchParams(given(env, 'DATABASE_URL')?.split('?', 2)[1])
  const named = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name) ?? undefined)
  return namedFiles([...named, given(env, 'PGPASSFILE') ?? join(given(env, 'HOME') ?? homedir(), '.pgpass')])
}

/**
 * @param {string} root
 * @param {Environment} env
 */
function keysFolder(root, env) {
  return resolve(given(env, 'TENANTATLAS_DATA_DIR') ?? join(root, '.tenantatlas'), 'keys')
}

/** @param {readonly (string | undefined)[]} paths */
function namedFiles(paths) {
  return paths.filter((path) => path !== undefined).map((path) => resolve(path))
}

/**
 * @param {'read' | 'write'} act
 * @param {readonly string[]} paths
 */
function flags(act, paths) {
  return [...new Set(paths)].map((path) => `--allow-fs-${act}=${path}`)
}

/**
 * Empty counts as not set, as for the program.
 *
 * @param {Environment} env
 * @param {string} name
 */
function given(env, name) {
  const value = env[name]
  return value === undefined || value.trim() === '' ? undefined : value
}
