import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** A Redis of our own on loopback that keeps an append-only file; undefined where no `redis-server` is on the path. */
export async function startLocalRedis(): Promise<({ readonly port: number } & AsyncDisposable) | undefined> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-redis-'))
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '']
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(server, 'exit').catch(() => undefined)
  const stop = async () => {
    server.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  if (await isReady(server.stdout, ended)) return { port, [Symbol.asyncDispose]: stop }
  await stop()
  return undefined
}

function isReady(output: Readable, ended: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  output.on('data', (line: Buffer) => {
    if (line.includes('Ready to accept connections')) resolve(true)
  })
  return Promise.race([promise, ended.then(() => false)])
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  return port
}
