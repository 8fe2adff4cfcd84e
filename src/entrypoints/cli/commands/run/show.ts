import type { Command } from '#entrypoints/cli/cli.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { printShownRun } from '#entrypoints/cli/runs/shown-run.ts'
import { allPages } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const runShow: Command<{ items?: true }> = async (cli, [text = ''], { items: wantsItems }) => {
  const session = await openSession(cli)
  const { api, at } = session
  const { id } = await findRun(session, text)
  const shown = await api.runs.get({ ...at, run: id })
  const items = wantsItems && (await allPages((page) => api.runs.items({ ...at, run: id, ...page })))
  await printShownRun(cli, shown, items)
}
