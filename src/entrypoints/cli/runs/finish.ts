import type { Cli } from '#entrypoints/cli/cli.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import type { Followed } from '#entrypoints/cli/runs/answer-start.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'

/** The usual end of a command that started a run: says how it ended, or prints it for programs; returns the exit code. */
export async function finish(cli: Cli, followed: Followed, next?: string): Promise<number> {
  if (followed.state === 'answered') return followed.exitCode
  const { run } = followed
  if (!cli.printer.isForPeople) {
    await printRun(cli, run)
    return exitCodeOf(run)
  }
  const exitCode = sayEnded(cli, run)
  if (next !== undefined && run.outcome !== 'failed' && run.outcome !== 'blocked') cli.terminal.say(`Next: ${next}`)
  return exitCode
}
