import { getRun } from '#domain/operations/get-run.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'

/**
 * The run with that id; the end of the id is enough for one of the last two hundred.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findRun(db: Database, ctx: WorkspaceContext, text: string): Promise<RunView> {
  if (isUuid(text)) return getRun(db, ctx, asId<RunId>(text.toLowerCase()))
  const { items } = await listRuns(db, ctx, { limit: recent })
  const found = endingWith(items, { text, plural: 'runs' })
  if (found === undefined)
    throw new Failure('not_found', `There is no run "${text}"; \`tenantatlas run list\` shows those there are.`)
  return found
}
