import { sql } from 'kysely'
import type { Operator } from '#domain/platform/operator.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/** Somebody as operators see them: of their workspaces only how many. */
export interface PersonView {
  readonly userId: UserId
  readonly name: string
  readonly signIn: 'entra' | 'local' | 'none'
  readonly workspaces: number
  readonly createdAt: Date
  readonly signedInAt: Date | null
  readonly disabledAt: Date | null
}

/** Where a page of people ended. */
export interface PersonPlace {
  readonly name: string
  readonly id: string
}

/** By name, of all workspaces, through the door. */
export async function peopleAfter(
  db: Database,
  page: { readonly search: string | undefined; readonly after: PersonPlace | null; readonly limit: number },
): Promise<{ readonly person: PersonView; readonly place: PersonPlace }[]> {
  const { search, after, limit } = page
  const { rows } = await sql<{
    user_id: string
    name: string
    sort_name: string
    sign_in: PersonView['signIn']
    workspaces: number
    created_at: Date
    signed_in_at: Date | null
    disabled_at: Date | null
  }>`select * from people_after(${search ?? null}, ${after?.name ?? null}, ${after?.id ?? null}, ${limit})`.execute(db)
  return rows.map((row) => ({
    person: {
      userId: asId(row.user_id),
      name: row.name,
      signIn: row.sign_in,
      workspaces: row.workspaces,
      createdAt: row.created_at,
      signedInAt: row.signed_in_at,
      disabledAt: row.disabled_at,
    },
    place: { name: row.sort_name, id: row.user_id },
  }))
}

/** Whether the account is disabled, locked until the transaction ends; undefined when there is no such person. */
export async function lockPerson(tx: Tx, userId: UserId): Promise<{ readonly isDisabled: boolean } | undefined> {
  const row = await tx
    .selectFrom('users')
    .select('disabled_at')
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && { isDisabled: row.disabled_at !== null }
}

/** Living workspaces that would be left without an owner, by their short names; locks their members. */
export async function solelyOwnedBy(tx: Tx, userId: UserId): Promise<string[]> {
  const { rows } = await sql<{ slug: string }>`select o as slug from solely_owned_by(${userId}) o`.execute(tx)
  return rows.map(({ slug }) => slug)
}

/** In all workspaces of the person, with an entry in the audit log of each. Comes last in its transaction. */
export async function setDisabled(
  tx: Tx,
  userId: UserId,
  act: {
    readonly isDisabled: boolean
    readonly operator: Operator
    readonly reason: string
    readonly requestId: string
  },
): Promise<void> {
  const { isDisabled, operator, reason, requestId } = act
  await sql`
    select set_person_disabled(${userId}, ${isDisabled}, ${operator.accountId}, ${reason}, ${requestId})`.execute(tx)
}
