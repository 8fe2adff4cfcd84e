import semver from 'semver'
import type { Inspection } from './inspection.ts'
import { productionPackages, specOf, type DirectDependencies, type LockedPackage, type Lockfile } from './lockfile.ts'

/* Whether the lockfile decides alone what is installed: exact versions, their hashes, and one place they come from. */

export const maxDirect = 26
export const maxProduction = 136

const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/
const again =
  'delete its entry from package-lock.json, run `npm install --package-lock-only`, and commit what it writes'

/** Every locked package: an exact version, a sha512, and no place of its own to come from. */
export function inspectLockfile(lockfile: Lockfile): Inspection {
  const format =
    lockfile.format === 3
      ? []
      : [`package-lock.json has format ${lockfile.format}, not 3: write it with npm 9 or newer`]
  return {
    name: 'lockfile',
    value: `${lockfile.packages.length} packages`,
    goal: 'each exact, with sha512, from the registry npm is set to',
    problems: [...format, ...lockfile.packages.flatMap(problemsOf)],
  }
}

function problemsOf(locked: LockedPackage): string[] {
  const spec = specOf(locked)
  if (locked.isLink) return [`${locked.path} is a link to a folder: depend on a published version instead`]
  const problems: string[] = []
  if (semver.valid(locked.version) !== locked.version) {
    problems.push(`${spec} is not an exact version: pin one that is published`)
  }
  // The lockfile names no place: npm asks the registry it is set to, whose answer the hash has to match.
  if (locked.resolved !== undefined) problems.push(`${spec} comes from ${placeOf(locked.resolved)}`)
  if (!sha512.test(locked.integrity ?? '')) problems.push(`${spec} has no sha512 to check what is downloaded: ${again}`)
  return problems
}

/** The place itself is not repeated: it may name a host that nobody else should know. */
function placeOf(resolved: string): string {
  if (/^git[+:]|\.git(?:#|$)/.test(resolved)) return 'a git repository: depend on a published version instead'
  if (/^(?:file|link):|^[./]/.test(resolved)) return 'a folder or file: depend on a published version instead'
  if (resolved.startsWith('http:')) return 'an address without TLS: depend on a published version instead'
  return `an address of its own: ${again} (.npmrc leaves addresses out)`
}

/** What package.json asks for: exact, as locked, and not too much of it. */
export function inspectDirect(lockfile: Lockfile, manifest: DirectDependencies): Inspection {
  const production = Object.entries(manifest.dependencies)
  const all = [...production, ...Object.entries(manifest.devDependencies)]
  const tooMany =
    production.length > maxDirect
      ? [`package.json has ${production.length} dependencies, ${maxDirect} at most: see which the platform can replace`]
      : []
  return {
    name: 'direct dependencies',
    value: `${production.length} for production, ${all.length - production.length} for development`,
    goal: `exact; production at most ${maxDirect}`,
    problems: [...tooMany, ...all.flatMap(([name, version]) => directProblemsOf(lockfile, name, version))],
  }
}

function directProblemsOf(lockfile: Lockfile, name: string, version: string): string[] {
  if (semver.valid(version) !== version) {
    return [`${name} is asked for as "${version}", no exact version: write the one that is locked`]
  }
  const asked = lockfile.direct.dependencies[name] ?? lockfile.direct.devDependencies[name]
  const locked = lockfile.packages.find(({ path }) => path === `node_modules/${name}`)?.version
  if (asked === version && locked === version) return []
  return [`${specOf({ name, version })} is not what package-lock.json says: run \`npm install --package-lock-only\``]
}

/** How many packages of others can reach production, over all platforms. */
export function inspectCount(lockfile: Lockfile): Inspection {
  const count = productionPackages(lockfile).length
  const optional = productionPackages(lockfile).filter(({ isOptional }) => isOptional).length
  const problem = `${count} packages are locked for production, ${maxProduction} at most: find the dependency that brought them (npm explain)`
  return {
    name: 'production packages',
    value: `${count}, ${optional} of them for single platforms`,
    goal: `at most ${maxProduction}`,
    problems: count > maxProduction ? [problem] : [],
  }
}
