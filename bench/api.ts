/**
 * What the HTTP API answers, over HTTP, with API keys, from a server process with a durable database: how soon a start is
 * accepted, how soon a list of runs is there in a workspace with a million, and what many who follow events cost.
 * Run: `npm run bench:api -- --json`; `-- --runs 10000` tries the benchmark itself and leaves the goal of the list out.
 */
import { parseArgs } from 'node:util'
import { columnsOf, reportVerdict, type Check } from '../tools/check.ts'
import { makeApiStage } from './api/api-stage.ts'
import { endConnections } from './api/ask.ts'
import { followers, measureEvents, type EventFigures } from './api/follow-events.ts'
import { measureLists, type RunLists } from './api/list-runs.ts'
import { measureStarts, startsPerSecond, type StartAccepted } from './api/start-accepted.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { log } from './ledger/ledger-stage.ts'
import { say } from './ledger/say.ts'
import { rounded } from './ledger/verdict.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000000' }, json: { type: 'boolean' } } })
const runs = Number(values.runs)
const goals = { startMs: 200, listMs: 20, cpuSeconds: 2, runs: 1_000_000 } as const
const seconds = 20

await using server = await startDurablePostgres(log)
say(`${runs} finished runs …`)
const spare = followers.eventsPerSecond * followers.seconds
await using stage = await makeApiStage(server.url, { runs, starts: startsPerSecond * (seconds + 1) + spare })
say('lists …')
const lists = await measureLists(stage, { rounds: 210 })
say('starts …')
const starts = await measureStarts(stage, { seconds })
say('events …')
const events = await measureEvents(stage)
endConnections()

const cell = (value: number) => String(rounded(value))
console.log(
  columnsOf([
    ['milliseconds', 'p50', 'p99'],
    [`start accepted, ${startsPerSecond} a second`, cell(starts.p50), cell(starts.p99)],
    ...Object.entries({ ...lists.full, ...lists.empty }).map(([kind, { p50, p99 }]) => [
      `runs, ${kind}`,
      cell(p50),
      cell(p99),
    ]),
  ]),
)
if (events === undefined) console.log('\nEvents: not measured, this server offers none.')
reportVerdict([...checkStarts(starts), ...checkLists(lists), ...checkEvents(events)], {
  json: values.json === true,
  also: { runs, starts, lists, events },
})

function checkStarts({ p99, refused, starts: count }: StartAccepted): Check[] {
  return [
    {
      name: `start accepted at ${startsPerSecond} a second, p99 in ms`,
      ok: p99 <= goals.startMs,
      value: rounded(p99),
      goal: `<= ${goals.startMs}`,
    },
    { name: `starts of ${count} that created no run`, ok: refused === 0, value: refused, goal: 0 },
  ]
}

function checkLists({ full, empty }: RunLists): Check[] {
  if (runs < goals.runs) return []
  return [worstOf('a page of runs', full), worstOf('runs by a filter that nothing fits', empty)]
}

/** The worst kind counts. */
function worstOf(name: string, kinds: RunLists['full']): Check {
  const worst = Math.max(...Object.values(kinds).map(({ p99 }) => p99))
  return {
    name: `${name}, ${runs} in the workspace, worst p99 in ms`,
    ok: worst <= goals.listMs,
    value: rounded(worst),
    goal: `<= ${goals.listMs}`,
  }
}

function checkEvents(events: EventFigures | undefined): Check[] {
  if (events === undefined) return []
  const { clients, eventsPerSecond, seconds } = followers
  const { cpuSeconds, delivered, expected } = events
  return [
    {
      name: `${clients} who follow ${eventsPerSecond} events a second, CPU seconds per ${seconds} s`,
      ok: cpuSeconds <= goals.cpuSeconds,
      value: rounded(cpuSeconds),
      goal: `<= ${goals.cpuSeconds}`,
    },
    { name: 'events delivered', ok: delivered === expected, value: delivered, goal: expected },
  ]
}
