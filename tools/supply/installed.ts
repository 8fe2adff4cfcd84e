import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { LockedPackage } from './lockfile.ts'

/** What an installed package says of itself. */
export interface InstalledPackage {
  readonly license: string | undefined
  /** The scripts npm would run when installing it, were it allowed to. */
  readonly installScripts: readonly string[]
}

export type Installed = ReadonlyMap<LockedPackage['path'], InstalledPackage>

const schema = z.object({
  license: z.unknown(),
  scripts: z.record(z.string(), z.unknown()).default({}),
})

/** Reads what is below node_modules of the locked packages; those for other platforms are not there. */
export async function readInstalled(root: string, packages: readonly LockedPackage[]): Promise<Installed> {
  const there = packages.filter(({ path }) => existsSync(join(root, path, 'package.json')))
  return new Map(await Promise.all(there.map(async ({ path }) => [path, await read(join(root, path))] as const)))
}

async function read(folder: string): Promise<InstalledPackage> {
  const { license, scripts } = schema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  const named = Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))
  // npm compiles a package that has a binding.gyp and no script that says otherwise.
  const compiles = named.length === 0 && existsSync(join(folder, 'binding.gyp'))
  return {
    license: typeof license === 'string' ? license : undefined,
    installScripts: compiles ? ['binding.gyp'] : named,
  }
}
