/** Test only: one simulator for the tests of a file, and what its journal says about them. */
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Clock } from '#graph/client/clock.ts'
import { createGraphClient } from '#graph/client/create-graph-client.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { createLocalPacer } from '#graph/client/pacer.ts'
import { silentLog } from '#graph/client/testing.ts'
import type { FaultPlanInput } from '../../../simulator/faults/fault-plan.ts'
import type { JournalEntry, SimulatorControl, TenantView, WholeObjectView } from '../../../simulator/control.ts'
import { startSimulator } from '../../../simulator/start-simulator.ts'
import type { StartedSimulator } from '../../../simulator/start-simulator.ts'

export type { JournalEntry, TenantView }
export type FaultInput = FaultPlanInput['faults'][number]

export interface Simulator {
  readonly url: string
  readonly control: SimulatorControl
  readonly tenant: TenantView
  /** A client of the tenant, unpaced, whose waiting moves the simulator's clock and takes no time. */
  client(options?: Partial<GraphClientOptions>): GraphClient
  readonly clock: Clock
  faults(...faults: readonly FaultInput[]): Promise<void>
  /** Requests since the test began, parts of batches not among them. */
  requests(): Promise<readonly JournalEntry[]>
  tokens(): Promise<readonly JournalEntry[]>
  parts(): Promise<readonly JournalEntry[]>
  truth(collection: string): Promise<readonly WholeObjectView[]>
}

/** A simulator with one generated tenant for all tests of a file; faults and settings are reset before each. */
export function useSimulator(options: { policies: number; seed: number }): Simulator {
  let started: StartedSimulator | undefined
  let tenant: TenantView | undefined
  let begin = 0
  let offsetMs = 0
  const here = () => present(started)

  beforeAll(async () => {
    started = await startSimulator({
      tenants: [{ name: 'Contoso', ...options }],
      settings: { throttling: false },
    })
    ;[tenant] = await started.control.tenants()
  })
  afterAll(() => started?.stop())
  beforeEach(async () => {
    offsetMs = 0
    await here().control.clearFaults()
    await here().control.changeSettings({
      throttling: false,
      pageSize: null,
      consistencyDelayMs: 0,
      tokenLifetimeSeconds: 3599,
      clockOffsetMs: 0,
    })
    begin = await lastSeq(here().control)
  })

  const clock: Clock = {
    now: () => Date.now() + offsetMs,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      offsetMs += ms
      await here().control.changeSettings({ clockOffsetMs: offsetMs })
    },
  }
  const entries = async (kind: JournalEntry['kind']) =>
    (await allSince(here().control, begin)).filter((entry) => entry.kind === kind)
  return {
    get url() {
      return here().url
    },
    get control() {
      return here().control
    },
    get tenant() {
      return present(tenant)
    },
    clock,
    client: (changes = {}) => {
      const { url } = here()
      return createGraphClient({
        endpoints: { authorityUrl: url, graphUrl: url },
        entraTenantId: present(tenant).id,
        credentials: { reader: secretOf(present(tenant), 'reader'), writer: secretOf(present(tenant), 'writer') },
        pacer: createLocalPacer({ requestsPerWindow: 1_000_000, writesPerWindow: 1_000_000, share: 0.5 }, { clock }),
        log: silentLog,
        clock,
        random: () => 0.5,
        ...changes,
      })
    },
    faults: (...faults) => here().control.setFaults({ faults: [...faults] }),
    requests: async () => (await entries('request')).filter((entry) => entry.batchId === undefined),
    parts: async () => (await entries('request')).filter((entry) => entry.batchId !== undefined),
    tokens: () => entries('token'),
    truth: (collection) => here().control.objectsOf(present(tenant).id, collection),
  }
}

export function secretOf(tenant: TenantView, name: string) {
  const app = tenant.apps.find((candidate) => candidate.name === name)
  return { kind: 'secret', clientId: app?.clientId ?? '', secret: app?.secret ?? '' } as const
}

async function lastSeq(control: SimulatorControl): Promise<number> {
  return (await allSince(control, 0)).at(-1)?.seq ?? 0
}

async function allSince(control: SimulatorControl, after: number): Promise<readonly JournalEntry[]> {
  const all: JournalEntry[] = []
  for (let position = after; ;) {
    const { entries, last } = await control.journal({ after: position, limit: 1_000 })
    all.push(...entries)
    if (entries.length === 0) return all
    position = last
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the simulator is only there inside a test')
  return value
}
