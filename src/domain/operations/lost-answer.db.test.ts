import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { endRun } from '#domain/operations/end-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenClaim } from '#domain/operations/operations-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

/*
 * The database acts, and its answer is lost: between it and the program stands a proxy that, once armed, lets a
 * statement through and cuts the connection where the answer would pass.
 */
const database = useTestDatabase()
const never = new AbortController().signal
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const

/** A proxy to the test's database that can lose the answer to the next statement holding a text. */
async function givenLossyConnection() {
  const target = new URL(database.url)
  const sockets = new Set<Socket>()
  let lossOn: string | undefined
  let beforeLoss = async (): Promise<void> => undefined
  let losses = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    let isLosing = false
    client.on('data', (bytes) => {
      if (lossOn !== undefined && bytes.includes(lossOn)) {
        isLosing = true
        lossOn = undefined
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (!isLosing) {
        client.write(bytes)
        return
      }
      losses += 1
      void beforeLoss().finally(() => client.destroy())
    })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(database.url)
  url.port = String((server.address() as AddressInfo).port)
  const opened = database.openAnother({ url: url.href, poolSize: 1 })
  return {
    db: opened.db,
    /** `meanwhile` happens after the database acted and before the program learns that it was cut off. */
    loseAnswerTo(text: string, meanwhile = beforeLoss) {
      lossOn = text
      beforeLoss = meanwhile
    },
    losses: () => losses,
    async [Symbol.asyncDispose]() {
      await opened.close()
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function runsOf(tenantId: string) {
  return database.owner.selectFrom('operation_runs').select('id').where('tenant_id', '=', tenantId).execute()
}

describe('a lost answer of the database', () => {
  test('to a start is settled: the run was created, once, and the caller learns its id', async () => {
    await using lossy = await givenLossyConnection()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    lossy.loseAnswerTo('ensure_run')
    const started = await startRun(lossy.db, ctx, capture)
    expect(lossy.losses()).toBe(1)
    expect(started.disposition).toBe('created')
    expect(await runsOf(ctx.tenantId)).toEqual([{ id: started.runId }])
  })

  test('to a start is settled also when the run ended before anybody could ask', async () => {
    await using lossy = await givenLossyConnection()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    lossy.loseAnswerTo('ensure_run', async () => {
      const claim = await givenClaim(database.db, ctx)
      await endRun(database.db, claim, { kind: 'finish', verdict: 'returned', result: {} }, never)
    })
    const started = await startRun(lossy.db, ctx, capture)
    expect(started.disposition).toBe('created')
    expect(await runsOf(ctx.tenantId)).toEqual([{ id: started.runId }])
    expect(await getRun(database.db, ctx, started.runId)).toMatchObject({ outcome: 'succeeded' })
  })

  test('to a start that found another run is settled, too', async () => {
    await using lossy = await givenLossyConnection()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const before = await startRun(database.db, ctx, capture)
    lossy.loseAnswerTo('ensure_run')
    expect(await startRun(lossy.db, ctx, capture)).toEqual({ disposition: 'active', runId: before.runId })
    expect(lossy.losses()).toBe(1)
  })

  test('to the end of a run is settled: it ended, once', async () => {
    await using lossy = await givenLossyConnection()
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    await startRun(database.db, ctx, capture)
    const claim = await givenClaim(database.db, ctx)
    lossy.loseAnswerTo('finish_run')
    const end = await endRun(lossy.db, claim, { kind: 'finish', verdict: 'returned', result: {} }, never)
    expect(lossy.losses()).toBe(1)
    expect(end).toEqual({ state: 'ended', outcome: 'succeeded' })
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({ outcome: 'succeeded', attempts: 1 })
    const entries = database.owner.selectFrom('audit_entries').select('id').where('run_id', '=', claim.runId)
    expect(await entries.execute()).toHaveLength(1)
  })
})
