import { endSessionsOf } from '#domain/access/sessions/end-sessions.ts'
import type { Operator } from '#domain/platform/operator.ts'
import { insertPlatformEvent } from '#domain/platform/operators.store.ts'
import { lockPerson, setDisabled, solelyOwnedBy } from '#domain/platform/people.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export interface PersonAct {
  readonly userId: UserId
  /** Why: it stands in what operators did, and in the audit log of every workspace of that person. */
  readonly reason: string
  readonly requestId: string
}

/**
 * Disables somebody's account: their sessions end for good, their keys do nothing until it is enabled again, from their
 * next request and their next transaction on. Their memberships stay. What is disabled already stays as it is.
 * @throws Failure `not_found`; `invalid_state` for whoever alone owns a living workspace, unless `evenLastOwner`
 */
export async function disablePerson(
  db: Database,
  operator: Operator,
  { evenLastOwner, ...act }: PersonAct & { readonly evenLastOwner: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (await isDisabled(tx, act.userId)) return
    const left = await solelyOwnedBy(tx, act.userId)
    if (left.length > 0 && !evenLastOwner) throw lastOwner(left)
    const sessions = await endSessionsOf(tx, act.userId)
    const { userId: subject, reason } = act
    const detail = { reason, sessions, ...(left.length > 0 && { leftWithoutOwner: left }) }
    await insertPlatformEvent(tx, operator, { action: 'person.disable', subject, detail })
    await setDisabled(tx, act.userId, { ...act, operator, isDisabled: true })
  })
}

/** Enables it again: they can sign in, and their keys work. What is enabled stays as it is. @throws Failure `not_found` */
export async function enablePerson(db: Database, operator: Operator, act: PersonAct): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await isDisabled(tx, act.userId))) return
    const { userId: subject, reason } = act
    await insertPlatformEvent(tx, operator, { action: 'person.enable', subject, detail: { reason } })
    await setDisabled(tx, act.userId, { ...act, operator, isDisabled: false })
  })
}

async function isDisabled(tx: Tx, userId: UserId): Promise<boolean> {
  const person = await lockPerson(tx, userId)
  if (person === undefined) throw new Failure('not_found', 'There is no such person.')
  return person.isDisabled
}

function lastOwner(slugs: readonly string[]): Failure {
  const shown = slugs.slice(0, 5).join(', ')
  return new Failure(
    'invalid_state',
    `Nobody else owns ${slugs.length > 5 ? `${shown} and ${slugs.length - 5} more` : shown}: have another owner made ` +
      'there first, or say `evenLastOwner` when it cannot wait.',
  )
}
