import { listRunItems } from '#domain/operations/list-run-items.ts'
import type { RunItemView } from '#domain/operations/list-run-items.ts'
import { showRun } from '#domain/operations/show-run.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findRun } from '#entrypoints/cli/runs/find-run.ts'
import { printShownRun } from '#entrypoints/cli/runs/shown-run.ts'
import { runItemDocument } from '#entrypoints/documents/run-item-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const runShow: Command<{ items?: true }> = async (cli, [text = ''], { items: wantsItems }) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const { id } = await findRun(db, session.ctx, text)
  const shown = await showRun(db, session.ctx, id)
  const items = wantsItems && (await allItems(db, session.ctx, id))
  await printShownRun(cli, shown, items?.map(runItemDocument))
}

async function allItems(db: Database, ctx: WorkspaceContext, runId: RunId): Promise<RunItemView[]> {
  const all: RunItemView[] = []
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await listRunItems(db, ctx, runId, {
      limit: 1000,
      ...(cursor !== undefined && { cursor }),
    })
    all.push(...items)
    if (nextCursor === null) return all
    cursor = nextCursor
  }
}
