import { findPolicy } from '#domain/inventory/find-policy.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun, startRunNow } from '#domain/operations/ensure-run.ts'
import type { RunStart } from '#domain/operations/ensure-run.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import { overrideOf } from '#entrypoints/cli/override-option.ts'
import type { OverrideOptions } from '#entrypoints/cli/override-option.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

type What = InputOf<'assignments.fetch'>['what']

export const assignmentsFetch: Command<{ type?: string[] } & OverrideOptions> = async (cli, names, options) => {
  const types = typesOption(options.type)
  const override = overrideOf(options)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const what = await whatToFetch(db, tenant, names, types)
  const start: RunStart<'assignments.fetch'> = { type: 'assignments.fetch', input: { what }, trigger: 'user' }
  const ensured = await (override === undefined
    ? startRun(db, tenant, start)
    : startRunNow(db, tenant, start, override))
  return await finish(cli, await answerStart(cli, session.product, session.ctx, ensured))
}

async function whatToFetch(
  db: Database,
  tenant: TenantContext,
  names: readonly string[],
  types: readonly PolicyType[] | undefined,
): Promise<What> {
  const [firstName, ...otherNames] = names
  if (firstName !== undefined) {
    const first = await findPolicy(db, tenant, firstName, { types })
    const others = await Promise.all(otherNames.map((name) => findPolicy(db, tenant, name, { types })))
    return { kind: 'policies', policyIds: [first.id, ...others.map(({ id }) => id)] }
  }
  const [firstType, ...otherTypes] = types ?? []
  if (firstType !== undefined) return { kind: 'types', types: [firstType, ...otherTypes] }
  return { kind: 'all' }
}
