import { registerHooks } from 'node:module'
import type { LoadFnOutput } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plant } from './plant.ts'
import { replaceEach } from './replace-once.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Plants a bug in modules of this process, before anything has loaded them.
 * @throws PlantMissed when a text to replace is not there exactly once
 */
export async function plantModules({ modules = {} }: Plant): Promise<void> {
  const planted = new Map(
    Object.entries(modules).map(([path, changes]) => [
      pathToFileURL(join(root, path)).href,
      (source: string) => replaceEach(source, changes, path),
    ]),
  )
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const plant = planted.get(url)
      return plant === undefined ? loaded : { ...loaded, source: plant(textOf(loaded)) }
    },
  })
  // At once, and not when the product comes to it: a text that is not found must not look like a worker that failed.
  for (const url of planted.keys()) await import(url)
}

function textOf({ source }: LoadFnOutput): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source ?? new Uint8Array())
}
