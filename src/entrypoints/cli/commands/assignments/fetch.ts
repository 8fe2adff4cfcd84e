import { startFetch } from '#domain/assignments/start-fetch.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import { overrideOf } from '#entrypoints/cli/override-option.ts'
import type { OverrideOptions } from '#entrypoints/cli/override-option.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Named policies, of these types where types are given; else all of the types; else all there are. */
export const assignmentsFetch: Command<{ type?: string[] } & OverrideOptions> = async (cli, names, options) => {
  const types = typesOption(options.type)
  const override = overrideOf(options)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const policies = await Promise.all(names.map((name) => findPolicy(db, tenant, name, { types })))
  const what = names.length > 0 ? { policyIds: policies.map(({ id }) => id) } : { types }
  const ensured = await startFetch(db, tenant, { ...what, trigger: 'user', override })
  return await finish(cli, await answerStart(cli, session.product, session.ctx, ensured))
}
