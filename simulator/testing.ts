/** A simulator inside the test's own process, and a plain client for it. */
import { afterAll, beforeAll } from 'vitest'
import type { SimulatorControl } from './control.ts'
import { createControl } from './control.ts'
import type { TenantView } from './control/views.ts'
import { simulatorOptionsSchema } from './options.ts'
import type { SimulatorOptionsInput } from './options.ts'
import type { RunningSimulator } from './run-simulator.ts'
import { runSimulator } from './run-simulator.ts'
import type { GraphObject } from './world.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed text, or undefined where it is not JSON. */
  readonly body: GraphObject
  /** `body.value` */
  readonly value: GraphObject[]
  /** `body.error` */
  readonly error: { code: string; message: string }
}

export interface TestClient {
  readonly token: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Sends a batch of GETs with ids `1`, `2`, … and answers its `responses`. */
  batchOfReads(urls: readonly string[]): Promise<GraphObject[]>
}

export interface TestSimulator {
  readonly url: string
  readonly running: RunningSimulator
  readonly control: SimulatorControl
  /** The first tenant. */
  readonly tenant: TenantView
  /** A client with the token of an app of the first tenant; paths begin with the version. */
  client(app?: string): Promise<TestClient>
}

/** Starts a simulator for the tests of a file or block and stops it after them. */
export function useSimulator(options: SimulatorOptionsInput = {}): TestSimulator {
  let running: RunningSimulator | undefined
  let tenant: TenantView | undefined
  beforeAll(async () => {
    running = await runSimulator(
      simulatorOptionsSchema.parse({ port: 0, tenants: [{ name: 'Contoso', policies: 120 }], ...options }),
    )
    ;[tenant] = await createControl(running.url).tenants()
  })
  afterAll(() => running?.stop())
  const started = () => required(running)
  return {
    get url() {
      return started().url
    },
    get running() {
      return started()
    },
    get control() {
      return createControl(started().url)
    },
    get tenant() {
      return required(tenant)
    },
    client: (app = 'reader') => signIn(started().url, required(tenant), app),
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the simulator has not been started')
  return value
}

/** A client signed in as an app of a tenant by its secret. */
export async function signIn(url: string, tenant: TenantView, appName: string): Promise<TestClient> {
  const fresh = (await createControl(url).tenants()).find(({ id }) => id === tenant.id)
  const app = required(fresh?.apps.find(({ name }) => name === appName))
  const { body } = await askToken(url, tenant.id, { client_id: app.clientId, client_secret: app.secret ?? '' })
  return createTestClient(url, String(body['access_token']))
}

/** Asks the token endpoint with client credentials; what is given is added or replaces. */
export async function askToken(url: string, tenant: string, given: Record<string, string>): Promise<Answer> {
  const usual = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' }
  const body = new URLSearchParams({ ...usual, ...given })
  return answerOf(await fetch(`${url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body }))
}

export function createTestClient(url: string, token: string): TestClient {
  const send: TestClient['send'] = async (method, path, body, headers = {}) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const address = path.startsWith('http') ? path : `${url}${path}`
    const response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${token}`, ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return answerOf(response)
  }
  return {
    token,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    batchOfReads: async (urls) => {
      const requests = urls.map((one, index) => ({ id: String(index + 1), method: 'GET', url: one }))
      const { body } = await send('POST', '/beta/$batch', { requests })
      return body['responses'] as GraphObject[]
    },
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const body = parsed(text)
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    value: (body?.['value'] ?? []) as GraphObject[],
    error: body?.['error'] as Answer['error'],
  }
}

function parsed(text: string): GraphObject {
  try {
    return JSON.parse(text) as GraphObject
  } catch {
    return {}
  }
}
