import { dirname } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { compose } from '#compose.ts'
import { signInApps } from '../../../../simulator/people.ts'
import { useSimulator, type TestSimulator } from '../../../../simulator/testing.ts'
import { ensureKey } from '#domain/keys/ensure-key.ts'
import { givenKeyPlace } from '#domain/keys/keys-testing.ts'
import { readConfig } from '#foundation/config/config.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase, type TestDatabase } from '#foundation/db/testing.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import { givenApp, givenPerson, slugOfTest, type Asked } from '#entrypoints/http/api/api-testing.ts'

/** A process that serves: composed as `serve` does, so it seals and cannot open. */
type ApiProcess = Awaited<ReturnType<typeof compose>>

/** Asks the process that serves. */
type LabAsk = (...request: Parameters<ReturnType<typeof givenApp>>) => Promise<Asked>

export interface ConnectLab {
  readonly database: TestDatabase
  readonly simulator: TestSimulator
  /** Of the process that serves. */
  readonly opener: Opener
  readonly api: ApiProcess
  ask: LabAsk
  /** A workspace of its own with a manager in it. */
  office(): Promise<Office>
}

export interface Office {
  readonly ctx: WorkspaceContext
  /** Where it lies in the API. */
  readonly at: string
  readonly manager: string
  person(role: Role): Promise<string>
  send(method: string, path: string, body?: object, token?: string): Promise<Asked>
  /** Asked until the run has ended. */
  ended(run: string): Promise<{ readonly outcome: string }>
  audited(): Promise<string[]>
}

/**
 * Test only: a process that serves and one that works, over one database, each composed as the product does, and a
 * simulated Microsoft Graph with the multi-tenant apps of an MSP.
 */
export function useConnectLab(): ConnectLab {
  const database = useTestDatabase()
  const tenants = ['Contoso', 'Fabrikam'].map((name) => ({ name, policies: 10 }))
  const simulator = useSimulator({ homeTenant: true, tenants, settings: { throttling: false } })
  const keys = givenKeyPlace()
  const stopping = new AbortController()
  let api: ApiProcess | undefined
  let worker: ApiProcess | undefined
  let working: Promise<void> | undefined
  const composed = (doesWork: boolean) =>
    compose(readConfig({ TENANTATLAS_DATA_DIR: dirname(keys.directory), TENANTATLAS_LOG_LEVEL: 'silent' }), {
      databaseUrl: database.url,
      applicationName: doesWork ? 'test works' : 'test serves',
      poolSize: doesWork ? 16 : 5,
      ...(doesWork && { doesWork }),
    })
  beforeAll(async () => {
    await ensureKey(database.db, keys)
    api = await composed(false)
    worker = await composed(true)
    working = worker.work({ signal: stopping.signal })
  })
  afterAll(async () => {
    stopping.abort()
    await working
    await worker?.[Symbol.asyncDispose]()
    await api?.[Symbol.asyncDispose]()
  })
  const serving = (): ApiProcess => {
    if (api === undefined) throw new TypeError('the processes are there from beforeAll to afterAll only')
    return api
  }
  const ask: LabAsk = async (...request) =>
    givenApp(serving().db, { graphAllowHosts: [new URL(simulator.url).host] })(...request)
  return {
    database,
    simulator,
    get api() {
      return serving()
    },
    get opener() {
      return serving().opener
    },
    ask,
    office: () => officeOf(database, ask),
  }
}

async function officeOf({ db, owner }: TestDatabase, ask: LabAsk): Promise<Office> {
  const ctx = await givenWorkspace(db)
  const person = async (role: Role) => (await givenPerson(db, { ctx, role })).token
  const manager = await person('manager')
  const at = `/api/v1/workspaces/${slugOfTest(ctx)}`
  const send: Office['send'] = (method, path, body, token = manager) =>
    ask(method, `${at}${path}`, { token, ...(body && { body }) })
  return {
    ctx,
    at,
    manager,
    person,
    send,
    async ended(run) {
      let body: unknown
      await expect
        .poll(async () => ({ body } = await send('GET', `/runs/${run}`)).body, { timeout: 50_000 })
        .toMatchObject({ status: 'completed' })
      return body as { outcome: string }
    },
    async audited() {
      const rows = await owner
        .selectFrom('audit_entries')
        .select(['action', 'outcome'])
        .where('workspace_id', '=', ctx.workspaceId)
        .where('run_id', 'is', null)
        .orderBy('seq')
        .execute()
      return rows.map(({ action, outcome }) => (outcome === 'succeeded' ? action : `${action} ${outcome}`))
    },
  }
}

/** Test only: the multi-tenant reader of the MSP, reached through the simulator. */
export function readerAt({ url }: TestSimulator) {
  return {
    endpoints: { cloud: 'custom', authorityUrl: url, graphUrl: url },
    reader: { kind: 'secret', clientId: signInApps.reader.clientId, secret: signInApps.reader.secret },
  }
}
