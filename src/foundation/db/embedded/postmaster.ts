import { spawn } from 'node:child_process'
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from '#foundation/db/embedded/binaries.ts'
import { dataFolder, serverEnvironment, type Cluster } from '#foundation/db/embedded/cluster.ts'

/** The server process of a cluster, as its file postmaster.pid tells. */
export interface Postmaster {
  readonly pid: number
  /** 0 while the server has not said yet. */
  readonly port: number
}

export interface ServerStart {
  readonly binaries: Binaries
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
}

/** A server process of ours that is starting: it gets ready, or it ends. */
export interface StartingServer {
  readonly pid: number | undefined
  /** What it said, once it ended; undefined while it lives. */
  lastWords(): Promise<string> | undefined
}

const largestLogBytes = 10 * 1024 * 1024

/** The live server of a cluster, starting or ready; undefined when none runs. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => '')
  const [pid = 0, , , port = 0] = text.split('\n').map(Number)
  if (!(pid > 0) || !(await isServerOf(cluster, pid))) return undefined
  return { pid, port }
}

/**
 * Removes a pid file whose process id now belongs to another program. PostgreSQL removes those of dead processes
 * itself, but takes any live process of its user for a server; in a container the same low ids come back at each start.
 */
export async function removeStalePidFile(cluster: Cluster): Promise<void> {
  if ((await findPostmaster(cluster)) === undefined) await rm(pidFile(cluster), { force: true })
}

/** Whether a cluster's server ended cleanly: it removes its pid file as its last act. */
export async function isStopped(cluster: Cluster): Promise<boolean> {
  return (await stat(pidFile(cluster)).catch(() => undefined)) === undefined
}

/** Starts the server in a session of its own, so that Ctrl-C reaches us and not it: we still need it to shut down. */
export async function startPostmaster(
  cluster: Cluster,
  { binaries, port, settings }: ServerStart,
): Promise<StartingServer> {
  const logFile = join(cluster.folder, 'server.log')
  await rotate(logFile)
  await using log = await open(logFile, 'a', 0o600)
  const { size: logStart } = await log.stat()
  const server = spawn(
    join(binaries.folder, 'bin/postgres'),
    ['-D', dataFolder(cluster), ...flags({ ...settings, port: String(port) })],
    { ...cluster.user, cwd: '/', env: serverEnvironment, detached: true, stdio: ['ignore', log.fd, log.fd] },
  )
  server.unref()
  let lastWords: Promise<string> | undefined
  server.on('error', (error) => {
    lastWords = Promise.resolve(`FATAL: ${error.message}`)
  })
  server.on('exit', () => {
    // A temporary server's folder may be gone by now: then nobody asks for its last words.
    lastWords ??= readFrom(logFile, logStart).catch(() => '')
  })
  return { pid: server.pid, lastWords: () => lastWords }
}

async function readFrom(file: string, start: number): Promise<string> {
  const content = await readFile(file)
  return content.subarray(start).toString('utf8')
}

function flags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function rotate(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }))
  if (size > largestLogBytes) await rename(logFile, `${logFile}.1`)
}

function pidFile(cluster: Cluster): string {
  return join(dataFolder(cluster), 'postmaster.pid')
}

/** A server works in its data folder. A zombie works nowhere. */
async function isServerOf(cluster: Cluster, pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid)
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return workingFolder === (await realpath(dataFolder(cluster)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
