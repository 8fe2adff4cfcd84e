import type { SimulatorControl } from '../../simulator/control.ts'

/** What one app sent to Graph, by the simulator's journal. */
export interface Sent {
  /** HTTP requests; a batch is one. */
  readonly requests: number
  /** The same with each part of a batch counted, as Graph's limits do. */
  readonly counted: number
  readonly throttled: number
  /** Of the requests, those that asked for names: groups, filters, scope tags. */
  readonly forNames: number
}

const names = /\/(groups|directoryObjects|assignmentFilters|roleScopeTags)\b/

/** Counts what `clientId` sent in a tenant after the journal entry `after`. */
export async function countRequests(
  control: SimulatorControl,
  { tenant, clientId, after }: { readonly tenant: string; readonly clientId: string; readonly after: number },
): Promise<Sent> {
  let sent = { requests: 0, counted: 0, throttled: 0, forNames: 0 }
  for (let from = after; ;) {
    const { entries, last } = await control.journal({ after: from, tenant, limit: 5_000 })
    for (const { kind, app, batchId, batchSize, status, path = '' } of entries) {
      if (kind !== 'request' || app !== clientId) continue
      sent = {
        requests: sent.requests + (batchId === undefined ? 1 : 0),
        counted: sent.counted + (batchSize === undefined ? 1 : 0),
        throttled: sent.throttled + (status === 429 ? 1 : 0),
        forNames: sent.forNames + (batchId === undefined && names.test(path) ? 1 : 0),
      }
    }
    if (last === from) return sent
    from = last
  }
}

/** Where the journal ends now. */
export async function journalEnd(control: SimulatorControl): Promise<number> {
  for (let from = 0; ;) {
    const { last } = await control.journal({ after: from, limit: 5_000 })
    if (last === from) return last
    from = last
  }
}
