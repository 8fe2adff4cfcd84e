import { badgeOf } from '#contract/badges.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import type { RunListOptions } from '#domain/operations/list-runs.ts'
import type { RunOutcome, RunStatus, RunTrigger } from '#domain/operations/operation.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { countOption, momentOption, operationTypesOption } from '#entrypoints/cli/options.ts'
import { runColumns } from '#entrypoints/cli/runs/print-run.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import type { RunDocument } from '#entrypoints/documents/run-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  status?: RunStatus[]
  outcome?: RunOutcome[]
  type?: string[]
  trigger?: RunTrigger[]
  initiator?: string
  since?: string
  until?: string
  freshness?: ('late' | 'stuck')[]
  cursor?: string
  limit?: string
}

export const runList: Command<Options> = async (cli, _args, options) => {
  const limit = countOption(options.limit, '--limit', { min: 1, max: 1000, default: 50 })
  const filters = { ...kindsOf(options), ...timesOf(options) }
  await using session = await openSession(cli)
  const tenant = cli.options.tenant === undefined ? undefined : await session.tenant()
  const { items, nextCursor } = await listRuns(session.product.db, session.ctx, {
    limit,
    ...filters,
    ...initiatorOf(session.ctx, options.initiator),
    ...(tenant && { tenantId: tenant.tenantId }),
  })
  const documents = items.map(runDocument)
  await cli.printer.list({
    items: documents,
    columns: columnsFor(cli, documents),
    empty: emptyWords(options),
    nextCursor,
  })
}

function kindsOf({ status, outcome, trigger, freshness, type }: Options): RunListOptions {
  const types = operationTypesOption(type)
  return {
    ...(status && { statuses: status }),
    ...(outcome && { outcomes: outcome }),
    ...(types && { types }),
    ...(trigger && { triggers: trigger }),
    ...(freshness && { freshness }),
  }
}

function timesOf(options: Options): RunListOptions {
  const since = momentOption(options.since, '--since')
  const until = momentOption(options.until, '--until')
  return { ...(since && { since }), ...(until && { until }), ...(options.cursor && { cursor: options.cursor }) }
}

/** A column that is empty as long as all is well would only take room; named columns are shown whatever is in them. */
function columnsFor({ printer, options }: Cli, runs: readonly RunDocument[]) {
  const isLate = runs.some(({ freshness }) => freshness !== null && freshness !== 'fresh')
  return isLate || !printer.isForPeople || options.columns ? runColumns : withoutFreshness
}

const withoutFreshness = runColumns.filter(({ key }) => key !== 'freshness')

function initiatorOf({ actor }: WorkspaceContext, initiator: string | undefined): Pick<RunListOptions, 'initiator'> {
  if (initiator === undefined) return {}
  return { initiator: initiator === 'me' && actor.kind === 'user' ? actor.userId : { name: initiator } }
}

function emptyWords({ freshness }: Options): string {
  if (freshness === undefined) return 'No run yet, or none like that. Start one with `tenantatlas inventory sync`.'
  const words = freshness.map((state) => badgeOf('runFreshness', state).word.toLowerCase())
  return `No run is ${words.join(' or ')}.`
}
