import { parseArgs } from 'node:util'
import type { Plant } from './plant.ts'
import { plantNamed, plants } from './plants.ts'

export interface ProveOptions {
  readonly plants: readonly Plant[]
  readonly json: boolean
}

export const usage = 'npm run faults:prove -- [--plants a,b] [--json]'

/** @throws TypeError with a sentence for the person who typed it */
export function readProveOptions(args: readonly string[]): ProveOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { plants: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const names = values.plants?.split(',').map((name) => name.trim())
  return { plants: names === undefined ? plants : names.map(plantNamed), json: values.json }
}
