import { watchRun } from '#domain/operations/watch-run.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Cli, Product } from '#entrypoints/cli/cli.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import { createReporter } from '#entrypoints/cli/runs/report-progress.ts'

/** Follows a run of the database this command works in itself; undefined when Ctrl-C came before its end. */
export async function followHere(
  cli: Cli,
  { database, log }: Product,
  ctx: WorkspaceContext,
  runId: RunId,
): Promise<RunView | undefined> {
  const reporter = createReporter(cli)
  try {
    for await (const run of watchRun(database, ctx, runId, { signal: cli.signal, log })) {
      if (run.status === 'completed') return run
      reporter.show(runDocument(run))
    }
    return undefined
  } finally {
    cli.terminal.rewrite('')
  }
}
