import type { Command } from '#entrypoints/cli/cli.ts'
import { overrideOf } from '#entrypoints/cli/override-option.ts'
import type { OverrideOptions } from '#entrypoints/cli/override-option.ts'
import { findPolicy } from '#entrypoints/cli/policies/find-policy.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Named policies, of these types where types are given; else all of the types; else all there are. */
export const assignmentsFetch: Command<{ type?: string[] } & OverrideOptions> = async (
  cli,
  names,
  { type: types, ...options },
) => {
  const override = overrideOf(options)
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const policies = await Promise.all(names.map((name) => findPolicy(session, tenant, name, types)))
  const what = names.length > 0 ? { policies: policies.map(({ id }) => id) } : types && { types }
  const started = await session.api.assignments.fetch({ ...tenant.at, ...what, ...(override && { override }) })
  return finish(cli, await answerStart(cli, session, started))
}
