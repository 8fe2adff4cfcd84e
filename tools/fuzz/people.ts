/** Who sends: people of each role, a key, outsiders. What the fuzzer does to them is undone again and again. */
import { sql } from 'kysely'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { newToken } from '#domain/access/tokens.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import type { Database } from '#foundation/db/database.ts'
import { capabilities, roles, type Role } from '#foundation/kernel/capability.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import type { Stage, World } from './set-stage.ts'

interface Person {
  readonly name: string
  readonly userId: UserId
  readonly world: World
  readonly role: Role
  /** They may see the first tenant only. */
  readonly isNarrowed: boolean
}

export interface People {
  /** By name, those more often that get further. */
  readonly callers: readonly string[]
  /** Absent for who is signed out. */
  tokenOf(caller: string): string | undefined
  /** In which workspace they are; undefined: in none. */
  worldOf(caller: string): World | undefined
  /** Operators of the platform are shown the names of all workspaces. */
  isOperator(caller: string): boolean
  /** Makes members, sessions and keys anew, and brings back what was archived or renamed; or of one caller alone. */
  renew(caller?: string): Promise<void>
}

const key = 'key of an owner'
const operator = 'operator of the platform'
const nobody = ['signed out', 'with nonsense for a session', 'with nonsense for a key'] as const

export async function invitePeople({ owner: db, here, elsewhere }: Stage): Promise<People> {
  const people: Person[] = []
  for (const world of [here, elsewhere])
    for (const role of roles) people.push(await addPerson(db, world, { name: `${role} ${world.slug}`, role }))
  people.push(await addPerson(db, here, { name: 'narrowed here', role: 'manager', isNarrowed: true }))
  const tokens = new Map<string, string>([
    [nobody[1], 'tas_nonsense'],
    [nobody[2], `ta_${'A'.repeat(43)}`],
  ])
  const ofOwner = people.find(({ name }) => name === `owner ${here.slug}`)
  const often = people.filter(({ world, role }) => world === here && (role === 'owner' || role === 'manager'))
  return {
    callers: [...people, ...often, ...often, ...often]
      .map(({ name }) => name)
      .concat(nobody, key, key, key, operator, operator),
    tokenOf: (caller) => tokens.get(caller),
    worldOf: (caller) => (caller === key ? here : people.find(({ name }) => name === caller)?.world),
    isOperator: (caller) => caller === operator,
    renew: async (caller) => {
      if (caller === undefined) await bringBack(db, [here, elsewhere])
      if (caller === undefined || caller === operator) tokens.set(operator, await newOperator(db))
      for (const person of people.filter(({ name }) => caller === undefined || name === caller)) {
        await letIn(db, person)
        tokens.set(person.name, (await openSession(db, { userId: person.userId, method: 'local' })).token)
      }
      if (ofOwner === undefined || (caller !== undefined && caller !== key)) return
      await letIn(db, ofOwner)
      tokens.set(key, await newKey(db, ofOwner))
    },
  }
}

async function addPerson(
  db: Database,
  world: World,
  { name, role, isNarrowed = false }: { readonly name: string; readonly role: Role; readonly isNarrowed?: boolean },
): Promise<Person> {
  const userId = newId<UserId>()
  await db
    .insertInto('users')
    .values({ id: userId, display_name: `${name} ${world.canary}` })
    .execute()
  return { name, userId, world, role, isNarrowed }
}

async function bringBack(db: Database, worlds: readonly World[]): Promise<void> {
  await sql`update users set disabled_at = null where disabled_at is not null`.execute(db)
  for (const { ctx, canary, tenants } of worlds) {
    await sql`update workspaces set archived_at = null, name = ${`Workspace ${canary}`}
      where id = ${ctx.workspaceId}`.execute(db)
    await sql`update tenants set archived_at = null where workspace_id = ${ctx.workspaceId}`.execute(db)
    for (const { tenantId, tenantName } of tenants)
      await sql`update tenants set name = ${tenantName} where id = ${tenantId}`.execute(db)
  }
}

async function letIn(db: Database, { userId, world, role, isNarrowed }: Person): Promise<void> {
  const { workspaceId } = world.ctx
  const access = { role, all_tenants: !isNarrowed }
  await db
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: userId, ...access })
    .onConflict((on) => on.columns(['workspace_id', 'user_id']).doUpdateSet(access))
    .execute()
  await db.deleteFrom('tenant_members').where('user_id', '=', userId).execute()
  const [first] = world.tenants
  if (isNarrowed && first)
    await db
      .insertInto('tenant_members')
      .values({ workspace_id: workspaceId, tenant_id: first.tenantId, user_id: userId, role })
      .onConflict((on) => on.doNothing())
      .execute()
}

async function newKey(db: Database, { userId, world }: Person): Promise<string> {
  const ctx = actingAs(world.ctx, { kind: 'user', userId, name: 'Owner' })
  const wish = { name: `Key ${newId()} ${world.canary}`, capabilities, days: 1 }
  return (await createApiKey(db, ctx, capabilities, wish)).key
}

async function newOperator(db: Database): Promise<string> {
  const { token, hash } = newToken('tao_')
  const id = newId()
  const account = { login_name: `operator-${id}`, display_name: 'Operator', password_hash: '-', totp_sealed: '-' }
  await db
    .insertInto('platform_accounts')
    .values({ id, ...account })
    .execute()
  const expires = new Date(Date.now() + 3_600_000)
  await db
    .insertInto('platform_sessions')
    .values({ id: newId(), token_hash: hash, account_id: id, expires_at: expires })
    .execute()
  return token
}
