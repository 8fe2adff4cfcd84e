import { access } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { countOf } from '#contract/moments.ts'
import { tryKey } from '#domain/connections/try-key.ts'
import { actAsOwner, listWorkspaces } from '#domain/workspaces/find-workspace.ts'
import type { Config } from '#foundation/config/config.ts'
import type { Product } from '#entrypoints/cli/cli.ts'

/** Where this host has the key of all credentials. */
export function keyFileOf({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'keys', 'credentials.key')
}

/** Whether the key of this host opens what is stored; if not, what is wrong with it, in sentences. */
export async function checkKey(
  product: Product,
  config: Pick<Config, 'dataDir'>,
): Promise<{ readonly tried: number; readonly problem?: string }> {
  const { tried, opened } = await tryKeyEverywhere(product)
  if (opened === tried) return { tried }
  const path = keyFileOf(config)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  const why = isThere ? `${path} is another key than they were set with` : `${path} is not there`
  const problem = `${countOf(tried - opened, 'stored credential')} of ${tried} tried cannot be opened on ${hostname()}: ${why}. Copy the file from the host where they were set; until then their runs end blocked here.`
  return { tried, problem }
}

async function tryKeyEverywhere({ db, sealer }: Product) {
  const sum = { tried: 0, opened: 0 }
  for (const workspace of await listWorkspaces(db)) {
    const { tried, opened } = await tryKey({ db, sealer }, await actAsOwner(db, workspace))
    sum.tried += tried
    sum.opened += opened
  }
  return sum
}
