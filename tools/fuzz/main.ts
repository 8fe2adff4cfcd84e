/**
 * npm run fuzz [-- --requests 10000] [--seed <number>] [--plant <fault>] [--json]: sends requests made of the OpenAPI
 * document, half of them broken, as people of each role to a server on a database of its own, and judges every answer.
 * `--plant` puts a fault in that must be found: `defect`, `leak` or `undeclared`.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { columnsOf, reportVerdict, type Check } from '../check.ts'
import { renderDocument } from '../api.ts'
import { fuzz, type FuzzResult } from './fuzz.ts'
import { rules } from './judge.ts'
import { isPlant, plantNames } from './plant.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const requests = Number(values.requests)
const { plant } = values
if (!Number.isInteger(seed) || !Number.isInteger(requests) || requests < 1)
  throw new TypeError('--seed and --requests are whole numbers')
if (plant !== undefined && !isPlant(plant)) throw new TypeError(`--plant is one of ${plantNames.join(', ')}`)

console.log(`${requests} requests, seed ${seed}; again: npm run fuzz -- --requests ${requests} --seed ${seed}`)
const beganAt = performance.now()
const result = await fuzz({ document: await renderDocument(), requests, seed, plant })
const seconds = Math.round((performance.now() - beganAt) / 1_000)
printResult(result)
reportVerdict(checksOf(result), { json: values.json, also: { seed, seconds, byStatus: result.byStatus } })

function printResult({ findings, byStatus, neverAnswered, logged }: FuzzResult): void {
  for (const { rule, detail, count, example } of findings.slice(0, 30))
    console.log(`\n== ${rules[rule]} (${count} times)\n${detail}\n${example}`)
  if (findings.length > 30) console.log(`\n… and ${findings.length - 30} more`)
  if (logged !== '') console.log(`\n== what the server logged\n${logged.slice(0, 6_000)}`)
  if (neverAnswered.length > 0) console.log(`\nNever answered 2xx: ${neverAnswered.join(', ')}`)
  console.log(`\n${columnsOf([['status', 'answers'], ...Object.entries(byStatus).map(([s, n]) => [s, String(n)])])}`)
}

function checksOf({ findings, sent, isAlive, operations, neverAnswered }: FuzzResult): Check[] {
  const found = Object.entries(rules).map(([rule, name]): Check => {
    const count = findings.filter((one) => one.rule === rule).reduce((sum, one) => sum + one.count, 0)
    return { name, ok: count === 0, value: count, goal: 0 }
  })
  return [
    { name: 'requests sent', ok: sent >= requests, value: sent, goal: `>= ${requests}` },
    ...found,
    {
      name: 'operations that did what was asked at least once',
      ok: requests < 5_000 || neverAnswered.length <= operations * 0.3,
      value: `${operations - neverAnswered.length} of ${operations}`,
      goal: '>= 70 %',
    },
    { name: 'the server lives', ok: isAlive, value: isAlive ? 'yes' : 'no', goal: 'yes' },
    { name: 'took', ok: true, value: `${seconds} s`, goal: '' },
  ]
}
