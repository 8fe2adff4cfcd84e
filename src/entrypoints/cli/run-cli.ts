import { CommanderError } from 'commander'
import { Failure } from '#foundation/kernel/failure.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Compose, GlobalOptions } from '#entrypoints/cli/cli.ts'
import type { CommandSpec } from '#entrypoints/cli/command-spec.ts'
import { interruptible } from '#entrypoints/cli/interruptible.ts'
import { createPrinter } from '#entrypoints/cli/output/print.ts'
import { sayFailure } from '#entrypoints/cli/output/say-failure.ts'
import { createTerminal } from '#entrypoints/cli/output/terminal.ts'
import type { Stream } from '#entrypoints/cli/output/terminal.ts'
import { createProgram } from '#entrypoints/cli/program.ts'

export interface CliProcess {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Stream
  readonly stderr: Stream
  readonly compose: Compose
}

/** Runs the command that the command line names and resolves to its exit code. */
export async function runCli(cliProcess: CliProcess): Promise<number> {
  let exitCode: number = exitCodes.ok
  const program = createProgram(async (spec, args, options, globalOptions) => {
    exitCode = await runCommand(cliProcess, spec, args, {
      options,
      globalOptions: globalOptions as GlobalOptions & { color: boolean },
    })
  })
  program.configureOutput({
    writeOut: (text) => cliProcess.stdout.write(text),
    writeErr: (text) => cliProcess.stderr.write(text),
  })
  program.commands.forEach((command) => command.copyInheritedSettings(program))
  if (cliProcess.argv.length === 0) {
    program.outputHelp()
    return exitCodes.ok
  }
  try {
    await program.parseAsync(cliProcess.argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    throw error
  }
}

async function runCommand(
  cliProcess: CliProcess,
  spec: CommandSpec,
  args: readonly string[],
  { options, globalOptions }: { options: object; globalOptions: GlobalOptions & { color: boolean } },
): Promise<number> {
  const { stdout, stderr, stdin, env } = cliProcess
  const terminal = createTerminal({ stdout, stderr, env, color: globalOptions.color })
  const format = globalOptions.output
  using interruption = interruptible()
  const cli: Cli = {
    options: globalOptions,
    terminal,
    printer: createPrinter({ terminal, format, columns: globalOptions.columns }),
    env,
    stdin,
    signal: interruption.signal,
    config: async () => (await import('#foundation/config/config.ts')).readConfig(env),
    compose: cliProcess.compose,
  }
  try {
    const command = await spec.load()
    // Safe: the options were parsed by the very spec whose command this is.
    return (await command(cli, args, options as never)) ?? exitCodes.ok
  } catch (error) {
    if (interruption.signal.aborted) return exitCodes.interrupted
    if (error instanceof Failure) return sayFailure(terminal, format, error)
    throw error
  }
}
