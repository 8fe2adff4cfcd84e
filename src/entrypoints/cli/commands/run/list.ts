import { listRuns } from '#domain/operations/list-runs.ts'
import type { RunOutcome, RunStatus } from '#domain/operations/operation.ts'
import { operationTypes, isOperationType } from '#domain/operations/catalog.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { runColumns, runDocument } from '#entrypoints/cli/runs/run-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  status?: RunStatus
  outcome?: RunOutcome
  type?: string
  limit?: string
}

export const runList: Command<Options> = async (cli, _args, { status, outcome, type, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  if (type !== undefined && !isOperationType(type)) {
    throw new Failure(
      'invalid_input',
      `There is no operation "${type}"; there are ${operationTypes.join(', ')}.${didYouMean(type, operationTypes)}`,
    )
  }
  await using session = await openSession(cli)
  const tenant = cli.options.tenant === undefined ? undefined : await session.tenant()
  const { items } = await listRuns(session.product.db, session.ctx, {
    limit,
    ...(status && { statuses: [status] }),
    ...(outcome && { outcomes: [outcome] }),
    ...(type && { types: [type] }),
    ...(tenant && { tenantId: tenant.tenantId }),
  })
  await cli.printer.list({
    items: items.map(runDocument),
    columns: runColumns,
    empty: 'No run yet, or none like that. Start one with `tenantatlas inventory sync`.',
  })
}
