import { describe, expect, test } from 'vitest'
import { genuine, type Admission, type TenantContext, type WorkspaceContext } from '#foundation/kernel/context.ts'
import { actingAs, forgeries, givenContext } from '#foundation/kernel/context-testing.ts'
import { newId, newTenantRef, type TenantId, type UserId, type WorkspaceId } from '#foundation/kernel/ids.ts'

const here = newId<WorkspaceId>()
const elsewhere = newId<WorkspaceId>()
const ctx = givenContext(here)
const placeIn = (workspaceId: WorkspaceId) => ({
  workspaceId,
  id: newId<TenantId>(),
  ref: newTenantRef(),
  name: 'Contoso',
})
const tenant = ctx.inTenant(placeIn(here))
const admission: Admission = {
  userId: newId<UserId>(),
  memberVersion: 1,
  sessionId: null,
  apiKeyId: null,
  tenantIds: null,
}

describe('genuine()', () => {
  test('gives back what was made where scopes are made', () => {
    for (const scope of [ctx, tenant, ctx.withRequestId('r-1'), tenant.under(admission)])
      expect(genuine(scope)).toBe(scope)
  })

  test.each(Object.entries(forgeries))('refuses %s', (_words, forge) => {
    for (const scope of [ctx, tenant])
      expect(() => genuine(forge(scope) as WorkspaceContext)).toThrow('not a genuine scope')
  })

  test('the compiler refuses what only looks like a scope', () => {
    const { workspaceId, actor } = ctx
    // @ts-expect-error a literal is no scope
    const literal: WorkspaceContext = { workspaceId, actor, admission: undefined, requestId: undefined }
    /* oxlint-disable no-misused-spread -- what it warns of is what is tried here */
    // @ts-expect-error nor is a spread
    const spread: WorkspaceContext = { ...ctx }
    // @ts-expect-error nor one that goes elsewhere
    const switched: WorkspaceContext = { ...ctx, workspaceId: elsewhere }
    // @ts-expect-error nor is a spread that of a tenant
    const ofTenant: TenantContext = { ...tenant }
    /* oxlint-enable no-misused-spread */
    // @ts-expect-error the scope of a workspace is not that of a tenant
    const widened: TenantContext = ctx
    // @ts-expect-error a scope never changes
    const change = () => (ctx.workspaceId = elsewhere)
    for (const forged of [literal, spread, switched, ofTenant]) expect(() => genuine(forged)).toThrow(TypeError)
    expect(widened.tenantId).toBeUndefined()
    expect(change).toThrow(TypeError)
  })
})

describe('a scope', () => {
  test('is made by nobody who reaches its class through it', () => {
    for (const scope of [ctx, tenant]) {
      const reached = scope.constructor
      expect(() => Reflect.construct(reached, [Symbol('minting'), scope, placeIn(here)])).toThrow(
        'mint-context.ts only',
      )
      const heir = class extends (reached as new (...given: unknown[]) => object) {}
      expect(() => new heir(undefined, scope, placeIn(here))).toThrow('mint-context.ts only')
    }
  })

  test('lends its methods to nothing that is none', () => {
    const inherits = Object.create(tenant, { workspaceId: { value: elsewhere } }) as TenantContext
    const looksLike = { ...tenant.place, workspaceId: elsewhere, actor: ctx.actor }
    for (const forged of [inherits, looksLike]) {
      expect(() => ctx.withRequestId.call(forged as TenantContext, 'r-1')).toThrow(TypeError)
      expect(() => ctx.under.call(forged as TenantContext, admission)).toThrow(TypeError)
      expect(() => ctx.inTenant.call(forged as TenantContext, placeIn(elsewhere))).toThrow(TypeError)
      expect(() => tenant.inTenant.call(forged as TenantContext, placeIn(elsewhere))).toThrow(TypeError)
    }
  })

  test('has a class that nobody changes', () => {
    const reached = tenant.constructor
    for (const part of [reached, reached.prototype, Object.getPrototypeOf(reached)])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test('cannot be changed, nor what stands in it', () => {
    const admitted = tenant.under({ ...admission, tenantIds: [tenant.tenantId] })
    const parts = [admitted, admitted.actor, admitted.admission, admitted.admission?.tenantIds]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
    expect(() => Object.assign(admitted, { workspaceId: elsewhere })).toThrow(TypeError)
    expect(admitted.workspaceId).toBe(here)
  })

  test('keeps no hold on the admission it was made of', () => {
    const tenantIds = [newId<TenantId>()]
    const admitted = ctx.under({ ...admission, tenantIds })
    tenantIds.push(newId())
    expect(admitted.admission?.tenantIds).toHaveLength(1)
  })

  test('names the request, and stays what it is otherwise', () => {
    const named = tenant.under(admission).withRequestId('r-1')
    expect(named).toMatchObject({ requestId: 'r-1', workspaceId: here, tenantId: tenant.tenantId, admission })
  })

  test('has one admission, and is not let out of it', () => {
    const admitted = ctx.under(admission)
    expect(() => admitted.under({ ...admission, memberVersion: 2 })).toThrow('has an admission already')
  })

  test('refuses ids that are not UUIDs: they become SQL', () => {
    const hostile = `x'; drop table tenants; --`
    expect(() => givenContext(hostile as WorkspaceId)).toThrow('not a UUID')
    expect(() => ctx.under({ ...admission, userId: hostile as UserId })).toThrow('not a UUID')
    expect(() => ctx.under({ ...admission, tenantIds: [hostile as TenantId] })).toThrow('not a UUID')
  })

  test('refuses an admission with a version that is not a whole number: it becomes SQL', () => {
    const hostile = '1); drop table tenants; --' as unknown as number
    expect(() => ctx.under({ ...admission, memberVersion: hostile })).toThrow('not a whole number')
  })
})

describe('inTenant()', () => {
  test('refuses a tenant of another workspace', () => {
    expect(() => ctx.inTenant(placeIn(elsewhere))).toThrow('a tenant of another workspace')
    expect(() => tenant.inTenant({ ...tenant.place, workspaceId: elsewhere })).toThrow('a tenant of another workspace')
  })

  test('refuses a tenant that the admission does not open', () => {
    const narrowed = ctx.under({ ...admission, tenantIds: [tenant.tenantId] })
    expect(narrowed.inTenant(tenant.place).tenantId).toBe(tenant.tenantId)
    expect(() => narrowed.inTenant(placeIn(here))).toThrow('does not open')
    expect(() => tenant.under({ ...admission, tenantIds: [] })).toThrow('does not open')
  })

  test('leads from one tenant to no other', () => {
    expect(() => tenant.inTenant(placeIn(here))).toThrow('the scope of another tenant')
  })

  test('keeps who acts', () => {
    const ada = { kind: 'user', userId: newId<UserId>(), name: 'Ada Moreau' } as const
    expect(actingAs(ctx, ada).inTenant(tenant.place).actor).toEqual(ada)
  })
})
