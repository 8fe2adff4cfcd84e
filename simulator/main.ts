/**
 * The program: Microsoft Graph and Entra, simulated.
 *
 *   node simulator/main.ts --seed 7 --tenants 3 --policies 500 --port 4781
 *   node simulator/main.ts --load <folder> --as <tenant name>
 */
import { parseArgs } from 'node:util'
import { simulatorOptionsSchema } from './options.ts'
import type { SimulatorOptions } from './options.ts'
import { describeIssues } from './faults/fault-plan.ts'
import type { RunningSimulator } from './run-simulator.ts'
import { runSimulator } from './run-simulator.ts'
import { readyLine, readyText } from './ready.ts'

const usage = `Usage: node simulator/main.ts [options]
  --seed <n>            what the tenants are made from (default 1)
  --tenants <n>         how many to make (default 1, or 0 with --load)
  --policies <n>        policies in each (default 100)
  --load <folder>       an export to load as a tenant; may be repeated
  --as <name>           the name of the tenant loaded by the --load before it
  --home-tenant         also the tenant of those who look after the others, and their apps
  --port <n>            default 4781; 0 for any free one
  --host <address>      default 127.0.0.1
  --https               with a certificate made for this run
  --journal <file>      where the journal is kept; an existing one is continued
  --faults <file>       a fault plan
  --options <json>      all of this as JSON, as start-simulator.ts gives it
  --ready-json          one line of JSON when it serves
  --with-parent         stop when standard input or the IPC channel closes`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: argumentTypes })
  if (values.help) return void process.stdout.write(`${usage}\n`)
  const running = await runSimulator(readOptions(values))
  stopOnSignal(running, values['with-parent'])
  process.stdout.write(`${values['ready-json'] ? readyLine(running) : readyText(running)}\n`)
}

const argumentTypes = {
  seed: { type: 'string' },
  tenants: { type: 'string' },
  policies: { type: 'string' },
  load: { type: 'string', multiple: true },
  as: { type: 'string', multiple: true },
  port: { type: 'string' },
  host: { type: 'string' },
  'home-tenant': { type: 'boolean' },
  https: { type: 'boolean' },
  journal: { type: 'string' },
  faults: { type: 'string' },
  options: { type: 'string' },
  'ready-json': { type: 'boolean', default: false },
  'with-parent': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Arguments = ReturnType<typeof parseArgs<{ options: typeof argumentTypes }>>['values']

function readOptions(values: Arguments): SimulatorOptions {
  const { seed, tenants, policies, port, host, https, journal, faults } = values
  const load = loads(values)
  const numbers = { seed, port, policies, tenants: tenants ?? (load.length > 0 ? '0' : undefined) }
  const given = {
    ...(values.options === undefined ? {} : (JSON.parse(values.options) as object)),
    ...Object.fromEntries(
      Object.entries(numbers).flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]])),
    ),
    ...Object.fromEntries(Object.entries({ host, https, journal, faults }).filter(([, value]) => value !== undefined)),
    ...(values['home-tenant'] ? { homeTenant: true } : {}),
    ...(load.length > 0 ? { load } : {}),
  }
  const result = simulatorOptionsSchema.safeParse(given)
  if (result.success) return result.data
  throw new Error(describeIssues(result.error))
}

function loads({ load = [], as = [] }: Arguments): { folder: string; name: string }[] {
  return load.map((folder, index) => ({
    folder,
    name: as[index] ?? folder.replace(/\/+$/, '').split('/').at(-1) ?? folder,
  }))
}

/** Ends on Ctrl-C, on SIGTERM and, as a child, when its parent is gone. A second signal does not wait. */
function stopOnSignal(running: RunningSimulator, withParent: boolean): void {
  const stop = () => {
    void running.stop()
    if (withParent) process.stdin.destroy()
    if (process.connected) process.disconnect()
  }
  process.once('SIGTERM', stop)
  if (!withParent) {
    process.once('SIGINT', stop)
    return
  }
  // Ctrl-C reaches the whole group: the parent, which still works with this process while it stops, says when.
  process.on('SIGINT', () => undefined)
  process.once('disconnect', stop)
  process.stdin.once('end', stop).once('error', stop).resume()
}

main().catch((error: unknown) => {
  process.stderr.write(`${sentence(error)}\n`)
  process.exitCode = 1
})

function sentence(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is in use; name another one with --port, or 0 for any free one.`
  if (code?.startsWith('ERR_PARSE_ARGS') === true) return `${message}\n${usage}`
  return message
}
