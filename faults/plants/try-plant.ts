import { spawn } from 'node:child_process'
import { env } from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { casesOf } from './judge-plant.ts'
import type { Trial } from './judge-plant.ts'
import type { Plant } from './plant.ts'
import type { Assignment, Played } from './play-planted.ts'

const program = fileURLToPath(new URL('play-planted.ts', import.meta.url))
const loader = new URL('load-planted.ts', import.meta.url).href

/** Plays the cases of a plant, or without one all that are given, in a process of their own. */
export async function tryPlant(
  plant: Plant | null,
  { serverUrl, database, plants }: Pick<Assignment, 'serverUrl' | 'database'> & { readonly plants: readonly Plant[] },
): Promise<Trial> {
  const began = performance.now()
  const name = plant?.name ?? null
  const nodeArgs = plant?.modules === undefined ? [] : [`--import=${loader}`]
  const cases = casesOf(plant === null ? plants : [plant])
  const outcome = await play({ serverUrl, database, plant: name, nodeArgs, cases })
  return { plant, ...outcome, seconds: (performance.now() - began) / 1_000 }
}

async function play(assignment: Assignment): Promise<Pick<Trial, 'played' | 'problem'>> {
  const child = spawn(process.execPath, [...assignment.nodeArgs, program, JSON.stringify(assignment)], {
    env: { ...env, TENANTATLAS_PLANT: assignment.plant ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-8_000)))
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const played: Played[] = []
  for await (const line of createInterface(child.stdout)) played.push(JSON.parse(line) as Played)
  const code = await ended
  if (code === 0 && played.length === assignment.cases.length) return { played }
  const problem = `it ended with code ${code} after ${played.length} of ${assignment.cases.length} cases: ${complaint.trim()}`
  return { played, problem }
}
