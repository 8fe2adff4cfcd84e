import { isUuid } from '#foundation/kernel/ids.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'
import { momentOption } from '#entrypoints/cli/options.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export interface EntryFilters {
  action?: string[]
  actor?: string
  subject?: string
  run?: string
  outcome?: string[]
  since?: string
  until?: string
}

export const entryFilters: readonly OptionSpec[] = [
  { flags: '--action <action>', description: 'only this act, such as restore.confirm', isList: true },
  { flags: '--actor <name>', description: 'done by this person; "me" for yourself' },
  { flags: '--subject <subject>', description: 'done on this: a kind, or kind:id, such as policy or schedule:0190…' },
  { flags: '--run <run>', description: 'of this run; the last characters of its id are enough' },
  { flags: '--outcome <outcome>', description: 'only acts that ended so, such as failed', isList: true },
  { flags: '--since <moment>', description: 'done since: 24h, 7d, 2026-11-28, 2026-11-28T14:30:00Z' },
  { flags: '--until <moment>', description: 'done before' },
]

export type EntryQuery = Omit<Parameters<Api['audit']['list']>[0], 'workspace' | 'cursor' | 'limit'>

/** What the options ask for; `--tenant` counts, too. */
export async function entryQueryOf(cli: Cli, session: Session, filters: EntryFilters): Promise<EntryQuery> {
  const { action, actor, subject, run, outcome } = filters
  const [since, until] = [momentOption(filters.since, '--since'), momentOption(filters.until, '--until')]
  const tenant = cli.options.tenant === undefined ? undefined : await session.tenant()
  return {
    ...(action && { action }),
    ...(actor === 'me' ? { actor: session.person.id } : actor && { actorName: actor }),
    ...subjectOf(subject),
    ...(run !== undefined && { run: await runIdOf(session, run) }),
    ...(outcome && { outcome }),
    ...(since && { since }),
    ...(until && { until }),
    ...(tenant && { tenant: tenant.id }),
  }
}

function subjectOf(subject: string | undefined): Pick<EntryQuery, 'subjectKind' | 'subjectId'> {
  if (subject === undefined) return {}
  const [kind = '', ...id] = subject.split(':')
  return { subjectKind: kind, ...(id.length > 0 && { subjectId: id.join(':') }) }
}

/** Entries outlive their runs, so a whole id is taken as it is. */
async function runIdOf(session: Session, text: string): Promise<string> {
  return isUuid(text) ? text.toLowerCase() : (await findRun(session, text)).id
}
