/**
 * npm run faults: processes are killed at every failpoint of the run ledger and of restores, databases crash, clocks are
 * wrong, and others finish the work; what must always hold is checked after each (README.md).
 */
import { reportVerdict } from '../tools/check.ts'
import type { Control } from './canaries/control.ts'
import type { CaseResult } from './case-result.ts'
import { readOptions, usage } from './options.ts'
import type { FaultOptions } from './options.ts'
import { checksOf, checksOfSearch, describeFailure, describeSearch, isSound, tableOfPoints } from './report.ts'
import { playRestore } from './restore/play-restore.ts'
import { runProgram } from './run-program.ts'
import { playRuns } from './runs/play-runs.ts'

async function main({ runs, restore, json, ...pace }: FaultOptions): Promise<void> {
  const began = performance.now()
  const planned = [
    ...runs.map(({ point }) => ({ matrix: 'runs' as const, point })),
    ...restore.map(({ point }) => ({ matrix: 'restore' as const, point })),
  ]
  let played = 0
  const tell = (result: CaseResult) => console.log(`${(played += 1)} ${oneLine(result)}`)
  const controls: Control[] = []
  const tried = (control: Control) => void controls.push(control)
  const results = [
    ...(await playRuns({ plan: runs, tell, tried, ...pace })),
    ...(await playRestore(restore, { tell, tried })),
  ]
  const place = ({ matrix, point }: CaseResult) =>
    planned.findIndex((one) => one.matrix === matrix && one.point === point)
  console.log(`\n${tableOfPoints(results.toSorted((a, b) => place(a) - place(b)))}`)
  const failed = results.filter((result) => !isSound(result))
  for (const result of failed) console.log(`\n${describeFailure(result)}`)
  for (const { matrix, point, skipped } of results)
    if (skipped !== undefined) console.log(`\nSKIPPED ${matrix}: ${point}: ${skipped}`)
  const wanted = [...runs, ...restore].reduce((sum, { seeds }) => sum + seeds.length, 0)
  if (results.length < wanted) console.log(`\n${wanted - results.length} cases of ${wanted} were left out: time was up`)
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(`\n${results.length} cases in ${seconds} s\n${describeSearch(results)}`)
  for (const one of controls.flatMap(({ missed }) => missed)) console.log(`\nNOT FOUND ${one}`)
  reportVerdict([...checksOf(results, planned), ...checksOfSearch(controls)], {
    json,
    also: { seconds, failed: failed.map(failureOf) },
  })
}

function oneLine(result: CaseResult): string {
  const { matrix, point, seed, what, seconds, skipped } = result
  if (skipped !== undefined) return `${matrix} ${point}: skipped: ${skipped}`
  return isSound(result)
    ? `${matrix} ${point}, seed ${seed}: ${what}, ${seconds.toFixed(1)} s`
    : describeFailure(result)
}

function failureOf({ matrix, point, seed, isHit, violations }: CaseResult) {
  return { matrix, point, seed, isHit, violations }
}

await runProgram({ read: readOptions, usage, main })
