import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { policyColumns } from '#entrypoints/cli/policies/policy-columns.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options extends Pick<Parameters<Api['policies']['list']>[0], 'state' | 'sort'> {
  type?: string[]
  search?: string
  limit?: string
}

export const policyList: Command<Options> = async (cli, _args, { limit: limitText, ...filters }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 100_000, default: 50 })
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { items, nextCursor } = await pagesUpTo(limit, (page) =>
    session.api.policies.list({ ...tenant.at, ...page, ...filters }),
  )
  await cli.printer.list({
    items,
    columns: policyColumns,
    empty: `No policy like that in "${tenant.name}". Observe it with \`tenantatlas inventory sync\`, or look for less.`,
  })
  if (nextCursor !== null)
    cli.terminal.say(
      `The first ${countOf(items.length, 'policy', 'policies')}; there are more: --limit <count>, --search <text> or --type <type>.`,
    )
}
