import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { countOf } from '#contract/moments.ts'
import { listKeys } from '#domain/keys/list-keys.ts'
import type { KeyOverview, KeyView } from '#domain/keys/list-keys.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import type { Config } from '#foundation/config/config.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import type { Product } from '#entrypoints/cli/cli.ts'

export interface KeyCheck {
  readonly overview: KeyOverview
  /** What does not open on this host and why, in sentences. */
  readonly problem?: string
}

/** Whether this host has the private half of everything that is stored. Opens nothing, so any process may ask. */
export async function checkKey(
  { db }: Pick<Product, 'db'>,
  config: Pick<Config, 'dataDir' | 'credentialsKeyFile'>,
): Promise<KeyCheck> {
  const place = keyPlaceOf(config)
  const overview = await listKeys(db, place)
  const problems = [...overview.keys.flatMap((key) => problemOf(key, place)), ...firstProblem(overview, place)]
  if (problems.length === 0) return { overview }
  const until = 'Copy the file from the host that has it; until then their runs end blocked here.'
  return { overview, problem: [...problems, until].join(' ') }
}

function problemOf(key: KeyView, { directory }: KeyPlace): string[] {
  const { version, secrets, privateHalf, state } = key
  const isWanted = secrets > 0 || state === 'active' || state === 'prepared'
  if (privateHalf === 'here' || !isWanted) return []
  const path = join(directory, `credentials.${version}.private`)
  const why =
    privateHalf === 'missing' ? `${path} is not there.` : `${path} is another key than the one of that version.`
  return [`${countOf(secrets, 'stored secret')} under key version ${version} cannot be opened on ${hostname()}: ${why}`]
}

function firstProblem({ first }: KeyOverview, { directory }: KeyPlace): string[] {
  const path = join(directory, 'credentials.key')
  if (first === 0 || existsSync(path)) return []
  return [
    `${countOf(first, 'stored secret')} from before key pairs cannot be opened on ${hostname()}: ${path} is not there.`,
  ]
}
