import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, env } from 'node:process'

export interface FaultProgram<Options> {
  /** @throws TypeError with a sentence for the person who typed it */
  readonly read: (args: readonly string[]) => Options
  readonly usage: string
  readonly main: (options: Options) => Promise<void>
}

/** Does what the command line says; exit code 2 with the usage where it says nothing that can be done. */
export async function runProgram<Options>({ read, usage, main }: FaultProgram<Options>): Promise<void> {
  // Hundreds of processes load the same program: they compile it once.
  env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'tenantatlas-faults-compiled')
  let options: Options
  try {
    options = read(argv.slice(2))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`${error.message}\n${usage}`)
    process.exitCode = 2
    return
  }
  await main(options)
}
