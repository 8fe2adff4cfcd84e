import type { ScheduleDocument } from '#contract/api/schedules.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { endingWith } from '#entrypoints/cli/ending-with.ts'
import { allPages } from '#entrypoints/cli/server/all-pages.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/**
 * The schedule a command names: by its name, its id or the end of it. People's schedules go before the product's own.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findSchedule({ api, at }: Session, text: string): Promise<ScheduleDocument> {
  const schedules = await allPages((page) => api.schedules.list({ ...at, ...page, system: 'true' }))
  const lower = text.toLowerCase()
  const found =
    schedules.find(({ id, name }) => id === lower || name === text) ??
    schedules.find(({ name }) => name.toLowerCase() === lower) ??
    endingWith(schedules, { text, plural: 'schedules' })
  if (found !== undefined) return found
  const hint = didYouMean(
    text,
    schedules.map(({ name }) => name),
  )
  throw new Failure(
    'not_found',
    `There is no schedule "${text}".${hint || ' `tenantatlas schedule list` shows those there are.'}`,
  )
}
