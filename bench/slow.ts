/**
 * What 1,000 clients that send or read as slowly as they can do to everybody else's requests: how soon those are answered
 * beside them, and without them, in turns.
 * Run: `npm run bench:slow -- --json`; `-- --seconds 3` tries the benchmark itself.
 */
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { columnsOf, reportVerdict } from '../tools/check.ts'
import { makeApiStage, type ApiStage } from './api/api-stage.ts'
import { ask, endConnections } from './api/ask.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { log } from './ledger/ledger-stage.ts'
import { quantilesOf } from './ledger/measure.ts'
import { say } from './ledger/say.ts'
import { rounded } from './ledger/verdict.ts'
import { startSlowClients } from './slow/start-slow-clients.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, json: { type: 'boolean' } } })
const seconds = Number(values.seconds)
const clients = { head: 500, body: 400, reading: 100 } as const
// Few enough for a machine that has other work: what waits for itself says nothing about others.
const perSecond = 10
const rounds = 3
const settleMs = 10_000
const goal = 2

await using server = await startDurablePostgres(log)
await using stage = await makeApiStage(server.url, { runs: 20_000, starts: 1 })
await requests(stage, 2)
const times = { without: [] as number[], beside: [] as number[] }
let refused = 0
let letGo = 0
for (let round = 1; round <= rounds; round += 1) {
  say(`round ${round} of ${rounds}, without slow clients …`)
  times.without.push(...(await requests(stage, seconds)))
  say(`round ${round} of ${rounds}, beside them …`)
  await using slow = await startSlowClients({ at: stage.at, keys: [...stage.keys], clients })
  // What they asked for at first is no part of how slow they are.
  await pause(settleMs)
  times.beside.push(...(await requests(stage, seconds)))
  letGo += (await slow.count()).letGo
}
const memoryMb = (await stage.server.peakBytes()) / 1e6
endConnections()

const [without, beside] = [quantilesOf(times.without), quantilesOf(times.beside)]
const ratio = beside.p99 / without.p99
const cell = (value: number) => String(rounded(value))
console.log(
  columnsOf([
    ['milliseconds', 'p50', 'p99'],
    [`a list of runs, ${perSecond} a second`, cell(without.p50), cell(without.p99)],
    ['the same beside 1,000 slow clients', cell(beside.p50), cell(beside.p99)],
  ]),
)
reportVerdict(
  [
    {
      name: 'p99 beside 1,000 slow clients, times that without',
      ok: ratio <= goal,
      value: rounded(ratio),
      goal: `<= ${goal}`,
    },
    { name: 'ordinary requests that were not answered with 200', ok: refused === 0, value: refused, goal: 0 },
  ],
  { json: values.json === true, also: { without, beside, letGo, memoryMb, clients, load: loadavg() } },
)

/** Milliseconds of each request, from when it was due: they come at a steady pace, whether or not the last was answered. */
async function requests({ at, keys }: ApiStage, forSeconds: number): Promise<number[]> {
  const taken: number[] = []
  const beganAt = performance.now()
  const request = async (n: number, dueAt: number) => {
    const { status } = await ask('GET', `${at}/runs`, keys[n % keys.length] ?? '')
    taken.push(performance.now() - dueAt)
    if (status !== 200) refused += 1
  }
  const waiting: Promise<void>[] = []
  for (let n = 0; n < forSeconds * perSecond; n += 1) {
    const dueAt = beganAt + (n * 1_000) / perSecond
    await pause(Math.max(0, dueAt - performance.now()))
    waiting.push(request(n, dueAt))
  }
  await Promise.all(waiting)
  return taken
}
