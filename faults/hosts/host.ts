/**
 * What runs on one host: `tenantatlas work`, as an operator starts it, and a way from this machine's loopback to the
 * simulated Microsoft, which plain http may only lead to from there. Ends with the worker, and as it ended.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { hubAddress } from './network.ts'
import { relay } from './relay.ts'

const [simulatorPort = '', relayedPort = ''] = process.argv.slice(2)
await using _way = await relay(
  { host: '127.0.0.1', port: Number(simulatorPort) },
  { host: hubAddress, port: Number(relayedPort) },
)
const program = join(import.meta.dirname, '../../src/main.ts')
const worker = spawn(process.execPath, [program, 'work', '--slots', '2'], { stdio: 'inherit' })
process.on('SIGTERM', () => worker.kill('SIGTERM'))
const [code] = (await once(worker, 'exit')) as [number | null]
process.exitCode = code ?? 1
