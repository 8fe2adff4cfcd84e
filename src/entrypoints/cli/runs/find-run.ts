import type { RunDocument } from '#contract/api/runs.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { endingWith, recent } from '#entrypoints/cli/ending-with.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/**
 * The run with that id; the end of the id is enough for one of the last two hundred.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findRun({ api, at }: Session, text: string): Promise<RunDocument> {
  if (isUuid(text)) {
    const { timeline: _, ...run } = await api.runs.get({ ...at, run: text.toLowerCase() })
    return run
  }
  const { items } = await api.runs.list({ ...at, limit: recent })
  const found = endingWith(items, { text, plural: 'runs' })
  if (found !== undefined) return found
  throw new Failure('not_found', `There is no run "${text}"; \`tenantatlas run list\` shows those there are.`)
}
