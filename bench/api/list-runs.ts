import { millisecondsOf, quantilesOf, type Quantiles } from '../ledger/measure.ts'
import type { ApiStage } from './api-stage.ts'
import { ask } from './ask.ts'

export interface RunLists {
  /** Pages that are full. */
  readonly full: Readonly<Record<string, Quantiles>>
  /** Filters that nothing of the last 30 days fits. */
  readonly empty: Readonly<Record<string, Quantiles>>
}

/** Reads pages of the runs of the workspace, the kinds taking turns, one after the other. */
export async function measureLists(stage: ApiStage, { rounds }: { rounds: number }): Promise<RunLists> {
  const { at, keys, ledger } = stage
  const tenant = ledger.tenants[0]?.tenantRef ?? ''
  const all = `${at}/runs?since=2000-01-01T00:00:00.000Z`
  const deep = await cursorAfter(all, 20, keys)
  const full = {
    'the first page': `${at}/runs`,
    'a page of 200': `${at}/runs?limit=200`,
    'of one tenant': `${at}/runs?tenant=${tenant}`,
    'the page after 4,000': `${all}&cursor=${encodeURIComponent(deep)}`,
  }
  const empty = { 'that are queued': `${at}/runs?status=queued`, 'that failed': `${at}/runs?outcome=failed` }
  return { full: await takeTurns(stage, full, rounds), empty: await takeTurns(stage, empty, Math.ceil(rounds / 7)) }
}

async function takeTurns({ keys }: ApiStage, kinds: Readonly<Record<string, string>>, rounds: number) {
  const warmUp = Math.ceil(rounds / 20)
  const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]))
  for (let round = 0; round < warmUp + rounds; round += 1)
    for (const [kind, url] of Object.entries(kinds)) {
      const ms = await millisecondsOf(() => answered(url, keys[round % keys.length] ?? ''))
      if (round >= warmUp) times.get(kind)?.push(ms)
    }
  return Object.fromEntries([...times].map(([kind, all]) => [kind, quantilesOf(all)]))
}

async function answered(url: string, key: string): Promise<string> {
  const { status, text } = await ask('GET', url, key)
  if (status !== 200) throw new Error(`GET ${url} was answered ${status}: ${text.slice(0, 200)}`)
  return text
}

async function cursorAfter(url: string, pages: number, keys: readonly string[]): Promise<string> {
  let cursor: string | null = ''
  for (let page = 0; page < pages; page += 1) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { nextCursor } = JSON.parse(await answered(`${url}&limit=200${next}`, keys[page % keys.length] ?? '')) as {
      nextCursor: string | null
    }
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return cursor
}
