import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import { createCertificate } from '#domain/connections/create-certificate.ts'
import { showVerification } from '#domain/connections/show-verification.ts'
import { createVerifyConnectionHandler } from '#domain/connections/verify-connection-handler.ts'
import { attempt, useSimulator } from '#domain/inventory/testing.ts'
import type { SimulatedTenant } from '#domain/inventory/testing.ts'
import { givenSealingKey } from '#domain/keys/keys-testing.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

const database = useTestDatabase()
beforeAll(() => givenSealingKey(database.owner))
const simulator = useSimulator()

afterEach(() => simulator.control.clearFaults())

async function verify(tenant: SimulatedTenant) {
  const { runId } = await startRun(tenant.db, tenant.ctx, { type: 'connection.verify', input: {}, trigger: 'user' })
  const handler = createVerifyConnectionHandler({ db: tenant.db, graphFor: async () => tenant.graph })
  const run = await attempt(tenant, (handle) => handler(tenant.ctx, { ...handle, input: {} }))
  const { items } = await listRunItems(tenant.db, tenant.ctx, runId)
  return { run, item: (key: string) => items.find((candidate) => candidate.key === key) }
}

describe('connection.verify', () => {
  test('says that Intune answers, and names what is granted beyond what is needed as a warning', async () => {
    const { run, item } = await verify(await simulator.givenTenant(database.db, { policies: 5 }))
    expect(run).toMatchObject({ outcome: 'succeeded', failures: [] })
    expect(item('reader.intune')).toMatchObject({ outcome: 'succeeded' })
    expect(item('reader.excess')).toMatchObject({
      outcome: 'succeeded',
      label: 'Warning: granted to the reader and not needed: DeviceManagementRBAC.Read.All',
    })
    expect(item('writer.excess')).toMatchObject({ outcome: 'skipped' })
  })

  test('finds a secret that ends soon or lives too long as a warning, and no certificate that does', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 5 })
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
    const secret = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'kX8Q~correct.horse' } as const
    await connectTenant(tenant, tenant.ctx, {
      reader: { ...secret, expiresAt: inDays(400) },
      writer: { ...secret, expiresAt: inDays(6) },
    })
    const { run, item } = await verify(tenant)
    expect(run).toMatchObject({ outcome: 'succeeded', failures: [] })
    expect(item('reader.credential')).toMatchObject({
      outcome: 'succeeded',
      label: 'Warning: the credential of the reader is a secret that lives longer than 180 days',
      output: { warnings: [{ kind: 'long_secret', longerThanDays: 180 }] },
    })
    expect(item('writer.credential')).toMatchObject({
      label: 'Warning: the credential of the writer ends within 7 days',
    })
    const pair = await createCertificate('TenantAtlas')
    await connectTenant(tenant, tenant.ctx, { reader: { kind: 'certificate', clientId: secret.clientId, ...pair } })
    expect((await verify(tenant)).item('reader.credential')).toMatchObject({
      outcome: 'succeeded',
      label: 'The credential of the reader is in order',
    })
    expect((await showVerification(tenant.db, tenant.ctx))?.reader.warnings).toEqual([])
  })

  test('tells a tenant without an Intune licence from one that Intune does not answer for', async () => {
    const tenant = await simulator.givenTenant(database.db, { policies: 5 })
    const message = 'Request not applicable to target tenant.'
    const filters = { path: '/beta/deviceManagement/assignmentFilters' }
    const failWith = (status: number) =>
      simulator.control.setFaults({
        faults: [
          { match: filters, count: null, effect: { kind: 'status', status, ...(status === 400 && { message }) } },
        ],
      })
    await failWith(400)
    const unlicensed = await verify(tenant)
    expect(unlicensed.run.outcome).toBe('partially_succeeded')
    expect(unlicensed.item('reader.intune')?.failure).toMatchObject({
      code: 'connection.intune_unlicensed',
      message: expect.stringContaining('no Intune licence'),
    })
    await simulator.control.clearFaults()
    await failWith(403)
    expect((await verify(tenant)).item('reader.intune')).toMatchObject({ outcome: 'skipped' })
  })
})
