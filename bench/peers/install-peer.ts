/**
 * The peers are no part of the product: each has a folder with a package.json and a lock file of its own, and is
 * installed there when a benchmark wants it and its node_modules is missing.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { say } from '../ledger/say.ts'

export type PeerName = 'pg-boss' | 'graphile-worker' | 'bullmq'

export interface Peer {
  readonly version: string
  /** What the package exports; whoever asked narrows it to what he uses. */
  readonly exports: unknown
}

/** Installs the peer if need be, and loads it from its own folder. */
export async function loadPeer(name: PeerName): Promise<Peer> {
  const folder = join(import.meta.dirname, name)
  const installed = join(folder, 'node_modules', name)
  if (!existsSync(join(installed, 'package.json'))) await install(name, folder)
  const { version, main } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest
  const exports: unknown = await import(pathToFileURL(join(installed, main)).href)
  return { version, exports }
}

interface Manifest {
  readonly version: string
  readonly main: string
}

async function install(name: PeerName, cwd: string): Promise<void> {
  say(`Installing ${name} for the comparison, from the npm registry`)
  const { code, output } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], cwd)
  if (code === 0) return
  throw new Error(`${output.trim()}\n${name} could not be installed: see that the npm registry answers (npm ping).`)
}

/** Under `npm run` the very npm that runs us; otherwise the one on the path. */
function npm(args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  const cli = process.env.npm_execpath
  const [program, all] = cli?.endsWith('npm-cli.js') === true ? [process.execPath, [cli, ...args]] : ['npm', args]
  const child = spawn(program, all, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
