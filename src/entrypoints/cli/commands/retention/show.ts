import type { Command } from '#entrypoints/cli/cli.ts'
import { printRetention } from '#entrypoints/cli/print-retention.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const retentionShow: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  await printRetention(cli, await api.retention.show(at))
}
