/**
 * Who may call what, for every procedure of the contract times every kind of caller: generated, so that a procedure
 * cannot be forgotten. Asked with an empty body, because who may come in is decided before input is looked at.
 */
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { endSession } from '#domain/access/sessions/end-sessions.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { capabilities, roles, type Capability, type Role } from '#foundation/kernel/capability.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenPerson, slugOfTest, type Asked } from '#entrypoints/http/api/api-testing.ts'
import { isCapability, metaOf } from '#entrypoints/http/api/authorize.ts'
import { procedures, type NamedProcedure } from '#entrypoints/http/api/methods-at.ts'
import { givenSubjects, type Subjects } from '#entrypoints/http/api/subjects-testing.ts'

const database = useTestDatabase()

interface World {
  readonly ctx: WorkspaceContext
  readonly tenant: TenantContext
  readonly subjects: Subjects
}

let here: World
let elsewhere: World
let ask: ReturnType<typeof givenApp>
const signedIn = new Map<Role, { readonly token: string; readonly userId: string }>()
let ownerElsewhere: string
let narrowedElsewhere: string

async function givenWorld(name: string): Promise<World> {
  const ctx = await givenWorkspace(database.db, { name })
  const tenant = await givenTenant(database.db, ctx, { name: `Tenant of ${name}` })
  return { ctx, tenant, subjects: await givenSubjects(database, tenant) }
}

beforeAll(async () => {
  here = await givenWorld('Contoso')
  elsewhere = await givenWorld('Fabrikam secret')
  ask = givenApp(database.db)
  const { ctx } = here
  for (const role of roles) signedIn.set(role, await givenPerson(database.db, { ctx, role }))
  ownerElsewhere = (await givenPerson(database.db, { ctx: elsewhere.ctx, role: 'owner' })).token
  // A manager, but of another tenant of this workspace only.
  const other = await givenTenant(database.db, ctx)
  const narrowed = await givenPerson(database.db, { ctx, role: 'manager', allTenants: false })
  await database.owner
    .insertInto('tenant_members')
    .values({ workspace_id: ctx.workspaceId, tenant_id: other.tenantId, user_id: narrowed.userId, role: 'manager' })
    .execute()
  narrowedElsewhere = narrowed.token
})

const tokenOf = (role: Role) => signedIn.get(role)?.token

/** The path with the records of a world in it; what it names beside is nobody's. */
function pathIn({ path, procedure }: NamedProcedure, { ctx, tenant, subjects }: World): string {
  const { subject } = metaOf(procedure)
  const filled = path
    .replace('{workspace}', slugOfTest(ctx))
    .replace('{tenant}', tenant.tenantRef)
    .replace(subject === undefined ? '' : `{${subject.param}}`, subject === undefined ? '' : subjects[subject.kind])
    .replaceAll(/\{\w+\}/g, () => crypto.randomUUID())
  return `/api/v1${filled}`
}

async function call(named: NamedProcedure, token?: string, world: World = here): Promise<Asked> {
  const asked = await ask(named.method, pathIn(named, world), { token, ...(named.method !== 'GET' && { body: {} }) })
  expect(asked.text).not.toContain('secret')
  return asked
}

/** What is not in a list of theirs, nor in what they may not do. */
const refused = new Set([401, 403, 404])
const closed = procedures.filter(({ procedure }) => metaOf(procedure).access !== 'public')
const ofWorkspace = closed.filter(({ path }) => path.startsWith('/workspaces/{workspace}'))
const decidedByTenant = ofWorkspace.filter(({ path, procedure }) => {
  const { subject } = metaOf(procedure)
  return path.includes('{tenant}') || subject !== undefined
})

function capabilityOf({ procedure }: NamedProcedure): Capability {
  const { access } = metaOf(procedure)
  if (!isCapability(access)) throw new TypeError(`${access} is no capability`)
  return access
}

test('the matrix knows every procedure, and each names who may call it', () => {
  expect(procedures.length).toBeGreaterThan(20)
  const known = new Set<string>(['public', 'signed_in', 'platform', ...capabilities])
  for (const { name, path, procedure } of procedures) {
    const { access, subject } = metaOf(procedure)
    expect(known, name).toContain(access)
    // What lies in a workspace is never for whoever is signed in, and what a path names exists in it.
    if (path.startsWith('/workspaces/{workspace}')) expect(capabilities, name).toContain(access)
    if (subject !== undefined) expect(path, name).toContain(`{${subject.param}}`)
    for (const kind of ['run', 'backup', 'restore', 'schedule', 'onboarding'] as const)
      if (path.includes(`{${kind}}`)) expect(subject?.kind, name).toBe(kind)
  }
})

describe.each(closed.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  test('is closed to whoever is signed out, has expired, or brings nonsense', async () => {
    const { ctx } = here
    const expired = await givenPerson(database.db, { ctx, role: 'owner' })
    await database.owner
      .updateTable('sessions')
      .set({ seen_at: sql`clock_timestamp() - interval '31 minutes'` })
      .where('user_id', '=', expired.userId)
      .execute()
    for (const token of [undefined, expired.token, 'tas_nonsense', 'ta_nonsense', 'Bearer', `ta_${'A'.repeat(43)}`])
      expect((await call(named, token)).status).toBe(401)
  })
})

describe.each(ofWorkspace.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  test('is not there for a member of another workspace, with foreign records in its path either', async () => {
    const { status, text } = await call(named, ownerElsewhere)
    expect(status).toBe(404)
    expect(text).not.toContain('Contoso')
    const mixed = { ...here, tenant: elsewhere.tenant, subjects: elsewhere.subjects }
    if (decidedByTenant.includes(named)) expect((await call(named, tokenOf('owner'), mixed)).status).toBe(404)
  })

  test('asks for its capability: with it in, without it 403', async () => {
    const capability = capabilityOf(named)
    for (const role of roles) {
      const { status, body } = await call(named, tokenOf(role))
      if (capabilitiesOfRole[role].includes(capability))
        expect([role, refused.has(status) && status !== 404]).toEqual([role, false])
      else {
        expect([role, status]).toEqual([role, 403])
        expect(body).toMatchObject({ reason: 'not_allowed', detail: expect.stringContaining(capability) })
      }
    }
  })

  test('is closed at the next request after a revocation', async () => {
    const { ctx } = here
    const { workspaceId } = ctx
    const removed = await givenPerson(database.db, { ctx, role: 'owner' })
    await database.owner.deleteFrom('workspace_members').where('user_id', '=', removed.userId).execute()
    expect((await call(named, removed.token)).status).toBe(404)
    const disabled = await givenPerson(database.db, { ctx, role: 'owner' })
    await database.owner
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', disabled.userId)
      .execute()
    expect((await call(named, disabled.token)).status).toBe(401)
    const signedOut = await givenPerson(database.db, { ctx, role: 'owner' })
    const { token, sessionId } = await openSession(database.db, { userId: signedOut.userId, method: 'local' })
    await endSession(database.db, sessionId)
    expect((await call(named, token)).status).toBe(401)
    const lowered = await givenPerson(database.db, { ctx, role: 'owner' })
    await database.owner
      .updateTable('workspace_members')
      .set({ role: 'readonly' })
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', lowered.userId)
      .execute()
    const isForAll = capabilitiesOfRole.readonly.includes(capabilityOf(named))
    if (!isForAll) expect((await call(named, lowered.token)).status).toBe(403)
  })

  test('is closed to a key without its capability, and to every key of another workspace', async () => {
    const capability = capabilityOf(named)
    const { ctx } = here
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const actor = { kind: 'user', userId: owner.userId, name: 'Ada Moreau' } as const
    const others = capabilities.filter((one) => one !== capability)
    const without = await createApiKey(database.db, { ...ctx, actor }, capabilities, {
      name: 'without',
      capabilities: others,
      days: 1,
    })
    expect((await call(named, without.key)).status).toBe(403)
    expect((await call(named, without.key, elsewhere)).status).toBe(404)
    const own = await createApiKey(database.db, { ...ctx, actor }, capabilities, {
      name: 'with',
      capabilities: [capability],
      days: 1,
    })
    const { status } = await call(named, own.key)
    expect(refused.has(status) && status !== 404).toBe(isForPeople(named) && status === 403)
    await database.owner.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', own.id).execute()
    expect((await call(named, own.key)).status).toBe(401)
  })
})

/** What a key may never do, whatever it names. */
function isForPeople({ path }: NamedProcedure): boolean {
  return path.startsWith('/me/')
}

describe.each(decidedByTenant.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  test('is not there for a member who is narrowed to another tenant', async () => {
    expect((await call(named, narrowedElsewhere)).status).toBe(404)
  })

  test('asks for the role in that tenant, where it is narrower', async () => {
    const { ctx, tenant } = here
    const narrowed = await givenPerson(database.db, { ctx, role: 'manager' })
    await database.owner
      .insertInto('tenant_members')
      .values({ workspace_id: ctx.workspaceId, tenant_id: tenant.tenantId, user_id: narrowed.userId, role: 'readonly' })
      .execute()
    const { status } = await call(named, narrowed.token)
    expect(status === 403).toBe(!capabilitiesOfRole.readonly.includes(capabilityOf(named)))
  })
})
