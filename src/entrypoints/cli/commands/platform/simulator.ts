import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption, portOption } from '#entrypoints/cli/options.ts'

interface Options {
  seed?: string
  tenants?: string
  policies?: string
  port?: string
  load?: string[]
  as?: string[]
  journal?: string
}

const program = fileURLToPath(new URL('../../../../../simulator/main.ts', import.meta.url))

/** Hands the options to the simulator, a program of its own, and ends as it ends. */
export const simulator: Command<Options> = async (cli, _args, options) => {
  const child = spawn(process.execPath, [program, ...argumentsOf(options)], { stdio: 'inherit' })
  cli.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? exitCodes.failed
}

function argumentsOf({ seed, tenants, policies, port, load = [], as = [], journal }: Options): string[] {
  const isGenerated = load.length === 0 || tenants !== undefined
  const numbers = {
    '--seed': countOption(seed, '--seed', { min: 0, max: Number.MAX_SAFE_INTEGER, default: 7 }),
    '--tenants': isGenerated ? countOption(tenants, '--tenants', { min: 0, max: 1000, default: 3 }) : 0,
    '--policies': countOption(policies, '--policies', { min: 0, max: 1_000_000, default: 500 }),
    '--port': portOption(port, '--port') ?? 4781,
  }
  return [
    ...Object.entries(numbers).flatMap(([name, value]) => [name, String(value)]),
    ...load.flatMap((folder, index) => ['--load', folder, ...(as[index] === undefined ? [] : ['--as', as[index]])]),
    ...(journal === undefined ? [] : ['--journal', journal]),
  ]
}
