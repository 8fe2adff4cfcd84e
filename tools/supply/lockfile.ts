import { z } from 'zod'

/* What package-lock.json says, in the words the checks use. */

/** One package of the lockfile. What is not `isDev` is installed for production, on some platform at least. */
export interface LockedPackage {
  /** Where npm puts it: `node_modules/a/node_modules/b`. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly isDev: boolean
  /** Missing on this machine is no fault: it is for another platform. */
  readonly isOptional: boolean
  /** A folder of this machine instead of a package. */
  readonly isLink: boolean
  readonly hasInstallScript: boolean
  readonly integrity: string | undefined
  readonly resolved: string | undefined
  readonly license: string | undefined
}

export interface DirectDependencies {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly format: number
  /** What the lockfile believes package.json asks for. */
  readonly direct: DirectDependencies
  readonly packages: readonly LockedPackage[]
}

const versions = z.record(z.string(), z.string()).default({})
const manifestSchema = z.object({ dependencies: versions, devDependencies: versions })
const lockfileSchema = z.object({
  lockfileVersion: z.number(),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().default(''),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      link: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      license: z.string().optional(),
      dependencies: versions,
      devDependencies: versions,
    }),
  ),
})

/** @throws when the text is no lockfile. */
export function parseLockfile(text: string): Lockfile {
  const { lockfileVersion, packages } = lockfileSchema.parse(JSON.parse(text))
  const { dependencies = {}, devDependencies = {} } = packages[''] ?? {}
  const locked = Object.entries(packages).filter(([path]) => path !== '')
  return {
    format: lockfileVersion,
    direct: { dependencies, devDependencies },
    packages: locked.map(([path, entry]) => ({
      path,
      name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version,
      isDev: entry.dev,
      isOptional: entry.optional,
      isLink: entry.link,
      hasInstallScript: entry.hasInstallScript,
      integrity: entry.integrity,
      resolved: entry.resolved,
      license: entry.license,
    })),
  }
}

/** The direct dependencies of a package.json. */
export function parseManifest(text: string): DirectDependencies {
  return manifestSchema.parse(JSON.parse(text))
}

/** `name@version`, as npm writes it and as the committed lists do. */
export function specOf({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`
}

export function productionPackages({ packages }: Lockfile): readonly LockedPackage[] {
  return packages.filter(({ isDev }) => !isDev)
}
