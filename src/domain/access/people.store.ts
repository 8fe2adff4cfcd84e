import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/** Who somebody is at Entra: never an e-mail address, which can be changed and is verified by nobody. */
export interface EntraIdentity {
  readonly issuer: string
  /** Entra's `tid` and `oid`. */
  readonly tenantId: string
  readonly objectId: string
}

export interface PersonRow {
  readonly userId: UserId
  readonly name: string
  readonly isDisabled: boolean
}

export async function personByIdentity(db: Database | Tx, identity: EntraIdentity): Promise<PersonRow | undefined> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'display_name', 'disabled_at'])
    .where('issuer', '=', identity.issuer)
    .where('entra_tenant_id', '=', identity.tenantId)
    .where('entra_object_id', '=', identity.objectId)
    .executeTakeFirst()
  return row && { userId: asId(row.id), name: row.display_name, isDisabled: row.disabled_at !== null }
}

/** The person with that identity, made where there is none. Two at once make one. */
export async function ensurePerson(tx: Tx, identity: EntraIdentity, name: string): Promise<PersonRow> {
  await tx
    .insertInto('users')
    .values({
      id: newId<UserId>(),
      display_name: name,
      issuer: identity.issuer,
      entra_tenant_id: identity.tenantId,
      entra_object_id: identity.objectId,
    })
    .onConflict((conflict) => conflict.columns(['issuer', 'entra_tenant_id', 'entra_object_id']).doNothing())
    .execute()
  const person = await personByIdentity(tx, identity)
  if (person === undefined) throw new TypeError('a person that was just made is not there')
  return person
}

export async function insertPerson(tx: Tx, name: string, userId: UserId = newId()): Promise<UserId> {
  await tx.insertInto('users').values({ id: userId, display_name: name }).execute()
  return userId
}

/** They signed in, under the name they have now. */
export async function markSignedIn(db: Database | Tx, userId: UserId, name?: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ signed_in_at: sql<Date>`clock_timestamp()`, ...(name !== undefined && { display_name: name }) })
    .where('id', '=', userId)
    .execute()
}

/** Whether they are a member now and were not before. */
export async function insertMembership(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { userId, role, allTenants }: { readonly userId: UserId; readonly role: string; readonly allTenants: boolean },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: userId, role, all_tenants: allTenants })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst()
  return inserted !== undefined
}
