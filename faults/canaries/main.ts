/**
 * npm run canaries: secrets of every kind go through the life of an installation; then everything it left is looked through
 * for them. With --suite the same is done with what the tests leave (README.md).
 */
import { parseArgs } from 'node:util'
import { reportVerdict, type Check } from '../../tools/check.ts'
import { runProgram } from '../run-program.ts'
import { tryTheSearch } from './control.ts'
import { findCanaries, type Finding, type Source } from './find-canaries.ts'
import { meant } from './meant.ts'
import { searchSuite } from './suite/search-suite.ts'
import { setStage } from './stage.ts'
import { tellStory } from './tell-story.ts'

const usage = `npm run canaries -- [--suite [FILE …]] [--json]

--suite  not the story: the tests that have a database, or those whose paths hold one of these texts
--json   the verdict as the last line, for programs`

interface CanaryOptions {
  /** Undefined: the story. */
  readonly suite: readonly string[] | undefined
  readonly json: boolean
}

async function main({ suite, json }: CanaryOptions): Promise<void> {
  await (suite === undefined ? searchStory(json) : searchTests(suite, json))
}

async function searchTests(files: readonly string[], json: boolean): Promise<void> {
  const began = performance.now()
  const { checks, leaks } = await searchSuite(files)
  for (const { file, says } of leaks) console.log(`\nLEAK ${file}:\n  ${says}`)
  reportVerdict(checks, { json, also: { seconds: secondsSince(began), leaks } })
}

async function searchStory(json: boolean): Promise<void> {
  const began = performance.now()
  await using stage = await setStage()
  const control = await tryTheSearch(stage)
  const sources = await tellStory(stage, (chapter) => console.log(`${secondsSince(began)} s: ${chapter}`))
  const canaries = stage.canaries.all
  console.log(`${secondsSince(began)} s: everything is searched`)
  const found = findCanaries(canaries, sources)
  const isMeant = ({ canary, place }: Finding) => meant.some((one) => one.canary === canary && one.place === place)
  const leaks = distinct(found.filter((finding) => !isMeant(finding)))
  for (const { canary, form, place, around } of leaks)
    console.log(`\nLEAK ${canary} (${form}) in ${place}:\n  ${around}`)
  const unseen = meant.filter((one) => !found.some(({ canary, place }) => one.canary === canary && one.place === place))
  const saidBack = stage.relay.echoed + stage.receiver.received()
  const kinds = kindsOf(canaries)
  console.log(`\nLooked for: ${kinds.join(', ')}.`)
  const checks: Check[] = [
    {
      name: 'secrets put somewhere to try the search, not found',
      ok: control.missed.length === 0,
      value: control.missed.length,
      goal: `0 of ${control.wanted}`,
    },
    {
      name: 'answers that give a secret out, where it was not seen',
      ok: unseen.length === 0,
      value: unseen.length,
      goal: `0 of ${meant.length}`,
    },
    { name: 'refusals that said all they were sent back', ok: saidBack >= 20, value: saidBack, goal: '>= 20' },
    { name: 'kinds of secrets', ok: kinds.length >= 12, value: kinds.length, goal: '>= 12' },
    { name: 'leaks', ok: leaks.length === 0, value: leaks.length, goal: 0 },
  ]
  for (const one of control.missed) console.log(`\nNOT FOUND ${one}`)
  for (const { canary, place } of unseen) console.log(`\nNOT SEEN ${canary} in ${place}`)
  console.log(
    `\n${canaries.length} secrets looked for in ${sources.length} places, ${megabytesOf(sources)} MB, in ${secondsSince(began)} s`,
  )
  reportVerdict(checks, { json, also: { seconds: secondsSince(began), leaks } })
}

function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.canary} ${one.form} ${one.place}`, one])).values()]
}

function kindsOf(canaries: readonly { readonly name: string }[]): readonly string[] {
  return [...new Set(canaries.map(({ name }) => name))]
}

function megabytesOf(sources: readonly Source[]): string {
  return (sources.reduce((sum, { content }) => sum + content.length, 0) / 1e6).toFixed(1)
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 1_000)
}

/** @throws TypeError with a sentence for the person who typed it */
function readOptions(args: readonly string[]): CanaryOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { suite: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  if (positionals.length > 0 && !values.suite) throw new TypeError('Only --suite takes files.')
  return { suite: values.suite ? positionals : undefined, json: values.json }
}

await runProgram({ read: readOptions, usage, main })
