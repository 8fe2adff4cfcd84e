import { countOf } from '#contract/moments.ts'
import { listPolicies } from '#domain/inventory/list-policies.ts'
import type { PolicySort, PolicyState } from '#domain/inventory/list-policies.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption, typesOption } from '#entrypoints/cli/options.ts'
import { policyColumns } from '#entrypoints/cli/policies/policy-columns.ts'
import { policyDocument } from '#entrypoints/documents/policy-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  type?: string[]
  search?: string
  state?: PolicyState
  sort?: PolicySort
  limit?: string
}

export const policyList: Command<Options> = async (cli, _args, { type, search, state, sort, limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 100_000, default: 50 })
  const types = typesOption(type)
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const { items, nextCursor } = await listPolicies(session.product.db, tenant, { types, search, state, sort, limit })
  await cli.printer.list({
    items: items.map(policyDocument),
    columns: policyColumns,
    empty: `No policy like that in "${tenant.tenantName}". Observe it with \`tenantatlas inventory sync\`, or look for less.`,
  })
  if (nextCursor !== null)
    cli.terminal.say(
      `The first ${countOf(items.length, 'policy', 'policies')}; there are more: --limit <count>, --search <text> or --type <type>.`,
    )
}
