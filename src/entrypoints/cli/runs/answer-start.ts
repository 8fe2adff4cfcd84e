import { clockTime, relativeTime } from '#contract/moments.ts'
import type { RunDocument } from '#contract/api/runs.ts'
import type { StartedRun } from '#contract/api/schemas.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { followRun } from '#entrypoints/cli/runs/follow-run.ts'
import { printRun } from '#entrypoints/cli/runs/print-run.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export type Followed =
  | { readonly state: 'ended'; readonly run: RunDocument }
  /** Nobody waits for it: the answer is given, this is the exit code. */
  | { readonly state: 'answered'; readonly exitCode: number }

/**
 * Says what a start led to and follows the run to its end. Starting what runs already follows that run; starting what
 * just ran is answered with that run and when it may run again.
 */
export async function answerStart(
  cli: Cli,
  session: Session,
  { body: start }: { readonly body: StartedRun },
): Promise<Followed> {
  const { timeline: _, ...run } = await session.api.runs.get({ ...session.at, run: start.run })
  sayDisposition(cli, start, run)
  if (start.disposition === 'cooling_down' || !cli.options.wait) {
    await printRun(cli, run)
    return { state: 'answered', exitCode: exitCodes.ok }
  }
  const ended = await followRun(cli, session, start.run)
  return ended === undefined ? { state: 'answered', exitCode: exitCodes.interrupted } : { state: 'ended', run: ended }
}

function sayDisposition({ terminal, options }: Cli, start: StartedRun, run: RunDocument): void {
  const view = `view it with \`tenantatlas run show ${run.id}\``
  const of = run.tenant === null ? '' : ` of "${run.tenant.name}"`
  const now = new Date()
  switch (start.disposition) {
    case 'created':
      if (!options.wait) terminal.say(`${run.label}${of} queued; ${view}.`)
      return
    case 'active':
      return terminal.say(
        `${run.label}${of} ${run.status === 'completed' ? 'has run already' : 'is already running'}; ${view}.`,
      )
    case 'cooling_down':
      return terminal.say(
        `${run.label}${of} ran ${relativeTime(moment(run.completedAt), now)} and can run again at ${clockTime(moment(start.retryAt), now)}; ${view}. Sooner: --override-cooldown --reason "…".`,
      )
  }
}

function moment(text: string | null): Date {
  return text === null ? new Date() : new Date(text)
}
