import { badgeOf } from '#contract/badges.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import type { RunListOptions } from '#domain/operations/list-runs.ts'
import type { RunOutcome, RunStatus, RunTrigger } from '#domain/operations/operation.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption, momentOption, operationTypesOption } from '#entrypoints/cli/options.ts'
import { runColumns, runDocument } from '#entrypoints/cli/runs/run-document.ts'
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
  const { status, outcome, trigger, freshness, cursor } = options
  const limit = countOption(options.limit, '--limit', { min: 1, max: 1000, default: 50 })
  const types = operationTypesOption(options.type)
  const since = momentOption(options.since, '--since')
  const until = momentOption(options.until, '--until')
  await using session = await openSession(cli)
  const tenant = cli.options.tenant === undefined ? undefined : await session.tenant()
  const { items, nextCursor } = await listRuns(session.product.db, session.ctx, {
    limit,
    ...(cursor && { cursor }),
    ...(status && { statuses: status }),
    ...(outcome && { outcomes: outcome }),
    ...(types && { types }),
    ...(trigger && { triggers: trigger }),
    ...(freshness && { freshness }),
    ...(since && { since }),
    ...(until && { until }),
    ...initiatorOf(session.ctx, options.initiator),
    ...(tenant && { tenantId: tenant.tenantId }),
  })
  const documents = items.map(runDocument)
  const isLate = documents.some((run) => run.freshness !== null && run.freshness !== 'fresh')
  await cli.printer.list({
    items: documents,
    // A column that is empty as long as all is well would only take room; named columns are shown whatever is in them.
    columns: isLate || !cli.printer.isForPeople || cli.options.columns ? runColumns : withoutFreshness,
    empty: emptyWords(options),
    nextCursor,
  })
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
