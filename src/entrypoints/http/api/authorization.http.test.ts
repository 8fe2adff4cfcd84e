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
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenApp, givenOperator, givenPerson, slugOfTest, type Asked } from '#entrypoints/http/api/api-testing.ts'
import { procedure, type ProcedureMeta } from '#contract/api/procedure.ts'
import { isCapability, metaOf } from '#entrypoints/http/api/authorize.ts'
import { procedures, type NamedProcedure } from '#entrypoints/http/api/methods-at.ts'
import { givenSchedule, givenSubjects, type Subjects } from '#entrypoints/http/api/subjects-testing.ts'

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

async function givenWorld(name: string, word = ''): Promise<World> {
  const ctx = await givenWorkspace(database.db, { name })
  const tenant = await givenTenant(database.db, ctx, { name: `Tenant of ${name} ${word}` })
  return { ctx, tenant, subjects: await givenSubjects(database, tenant) }
}

beforeAll(async () => {
  here = await givenWorld('Contoso')
  elsewhere = await givenWorld('Fabrikam', 'secret')
  ask = givenApp(database.api)
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
  // What may be gone afterwards is made anew.
  const isLost = named.method === 'DELETE' && metaOf(named.procedure).subject?.kind === 'schedule'
  const there = isLost
    ? { ...world, subjects: { ...world.subjects, schedule: await givenSchedule(database, world.tenant) } }
    : world
  const asked = await ask(named.method, pathIn(named, there), { token, ...(named.method !== 'GET' && { body: {} }) })
  expect(asked.text).not.toContain('secret')
  return asked
}

const refused = new Set([401, 403, 404])
const closed = procedures.filter(({ procedure }) => metaOf(procedure).access !== 'public')
const ofPlatform = closed.filter(({ procedure }) => metaOf(procedure).access === 'platform')
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
  expect(procedures.length).toBeGreaterThan(100)
  expect(procedures.flatMap(mistakesIn)).toEqual([])
})

test('mistakesIn() finds a procedure of a workspace for whoever is signed in, and a record nobody looks up', () => {
  const of = (path: string, access: ProcedureMeta['access']): NamedProcedure => {
    const made = procedure(
      { access, effect: 'read', audit: null },
      { method: 'GET', path: `/${path}`, summary: '', tag: '' },
    )
    return { name: 'planted', method: 'GET', path: `/${path}`, procedure: made }
  }
  expect(mistakesIn(of('workspaces/{workspace}/runs', 'operations.view'))).toEqual([])
  expect(mistakesIn(of('workspaces/{workspace}/runs', 'signed_in'))).toHaveLength(1)
  expect(mistakesIn(of('workspaces/{workspace}/runs/{run}', 'operations.view'))).toHaveLength(1)
})

/** What lies in a workspace asks for a capability, and a record its path names is looked up. */
function mistakesIn({ name, path, procedure: described }: NamedProcedure): string[] {
  const { access, subject } = metaOf(described)
  const isInWorkspace = path.startsWith('/workspaces/{workspace}')
  const named = (['run', 'backup', 'restore', 'schedule', 'onboarding'] as const).find((kind) =>
    path.includes(`{${kind}}`),
  )
  return [
    ...(isInWorkspace !== isCapability(access) ? [`${name} lies at ${path} and asks for ${access}`] : []),
    ...(named !== undefined && named !== subject?.kind ? [`${name} does not look up its ${named}`] : []),
    ...(subject !== undefined && named === undefined ? [`${name} looks up what its path does not name`] : []),
  ]
}

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

describe.each(ofPlatform.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  test('is not there for members of any role and for keys, and is for operators', async () => {
    const { ctx } = here
    for (const role of roles) expect((await call(named, tokenOf(role))).status).toBe(404)
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const actor = { kind: 'user', userId: owner.userId, name: 'Ada Moreau' } as const
    const wish = { name: 'all', capabilities, days: 1 }
    const { key } = await createApiKey(database.db, actingAs(ctx, actor), capabilities, wish)
    expect((await call(named, key)).status).toBe(404)
    const { status } = await call(named, await givenOperator(database.db))
    expect(refused.has(status) && status !== 404).toBe(false)
  })
})

test('members have a plane of their own: an operator finds nothing there', async () => {
  const operator = await givenOperator(database.db)
  for (const named of closed.filter((one) => !ofPlatform.includes(one)))
    expect([named.name, (await call(named, operator)).status]).toEqual([named.name, 404])
})

describe.each(ofWorkspace.map((named) => [named.name, named] as const))('%s', (_name, named) => {
  test('is not there for a member of another workspace, with foreign records in its path either', async () => {
    const { status, text } = await call(named, ownerElsewhere)
    expect(status).toBe(404)
    expect(text).not.toContain('Contoso')
    const mixed = { ...here, tenant: elsewhere.tenant, subjects: elsewhere.subjects }
    const there = decidedByTenant.includes(named) ? await call(named, tokenOf('owner'), mixed) : { status: 404 }
    expect(there.status).toBe(404)
  })

  test('asks for its capability: with it in, without it 403', async () => {
    const capability = capabilityOf(named)
    const answers = await Promise.all(roles.map(async (role) => ({ role, ...(await call(named, tokenOf(role))) })))
    const [inside, outside] = [
      answers.filter(({ role }) => capabilitiesOfRole[role].includes(capability)),
      answers.filter(({ role }) => !capabilitiesOfRole[role].includes(capability)),
    ]
    expect(inside.filter(({ status }) => status === 401 || status === 403)).toEqual([])
    expect(outside.map(({ status }) => status)).toEqual(outside.map(() => 403))
    expect(outside.filter(({ text }) => !text.includes(capability) || !text.includes('not_allowed'))).toEqual([])
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
    const { status } = await call(named, lowered.token)
    expect(status === 403).toBe(!isForAll)
  })

  test('is closed to a key without its capability, and to every key of another workspace', async () => {
    const capability = capabilityOf(named)
    const { ctx } = here
    const owner = await givenPerson(database.db, { ctx, role: 'owner' })
    const actor = { kind: 'user', userId: owner.userId, name: 'Ada Moreau' } as const
    const others = capabilities.filter((one) => one !== capability)
    const without = await createApiKey(database.db, actingAs(ctx, actor), capabilities, {
      name: 'without',
      capabilities: others,
      days: 1,
    })
    expect((await call(named, without.key)).status).toBe(403)
    expect((await call(named, without.key, elsewhere)).status).toBe(404)
    const own = await createApiKey(database.db, actingAs(ctx, actor), capabilities, {
      name: 'with',
      capabilities: [capability],
      days: 1,
    })
    const { status, text } = await call(named, own.key)
    // Beside its own, a procedure may ask for the capability of what it starts again.
    expect(status).not.toBe(401)
    expect(text).not.toContain(`does not include ${capability}`)
    await database.owner.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', own.id).execute()
    expect((await call(named, own.key)).status).toBe(401)
  })
})

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
