import { badgeOf } from '#contract/badges.ts'
import type { RunDocument, RunFilters } from '#contract/api/runs.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { countOption, momentOption } from '#entrypoints/cli/options.ts'
import { runColumns } from '#entrypoints/cli/runs/print-run.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  status?: NonNullable<RunFilters['status']>
  outcome?: NonNullable<RunFilters['outcome']>
  type?: string[]
  trigger?: NonNullable<RunFilters['trigger']>
  initiator?: string
  since?: string
  until?: string
  freshness?: NonNullable<RunFilters['freshness']>
  cursor?: string
  limit?: string
}

export const runList: Command<Options> = async (cli, _args, { cursor, limit: limitText, ...options }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const filters = filtersOf(options)
  const session = await openSession(cli)
  const { api, at } = session
  const tenant = cli.options.tenant === undefined ? undefined : await session.tenant()
  const { items, nextCursor } = await pagesUpTo(
    limit,
    (page) => api.runs.list({ ...at, ...page, ...filters, ...(tenant && { tenant: tenant.id }) }),
    cursor,
  )
  await cli.printer.list({ items, columns: columnsFor(cli, items), empty: emptyWords(options), nextCursor })
}

function filtersOf({ status, outcome, type, trigger, freshness, initiator, ...times }: Options) {
  const since = momentOption(times.since, '--since')
  const until = momentOption(times.until, '--until')
  return {
    ...(status && { status }),
    ...(outcome && { outcome }),
    ...(type && { type }),
    ...(trigger && { trigger }),
    ...(freshness && { freshness }),
    ...(initiator === 'me' ? { mine: 'true' as const } : initiator && { initiator }),
    ...(since && { since }),
    ...(until && { until }),
  }
}

/** A column that is empty as long as all is well would only take room; named columns are shown whatever is in them. */
function columnsFor({ printer, options }: Cli, runs: readonly RunDocument[]) {
  const isLate = runs.some(({ freshness }) => freshness !== null && freshness !== 'fresh')
  return isLate || !printer.isForPeople || options.columns ? runColumns : withoutFreshness
}

const withoutFreshness = runColumns.filter(({ key }) => key !== 'freshness')

function emptyWords({ freshness }: Options): string {
  if (freshness === undefined) return 'No run yet, or none like that. Start one with `tenantatlas inventory sync`.'
  const words = freshness.map((state) => badgeOf('runFreshness', state).word.toLowerCase())
  return `No run is ${words.join(' or ')}.`
}
