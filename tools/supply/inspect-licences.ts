import type { Inspection } from './inspection.ts'
import type { Installed } from './installed.ts'
import { productionPackages, specOf, type LockedPackage, type Lockfile } from './lockfile.ts'

/* SPDX expressions, word for word: one that offers a choice is not here until somebody has read it. */

// The last offers a choice; MIT is what we take.
const shipped = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
]
// Tools that are run and never shipped: MPL-2.0 asks for changed files only, Python-2.0 is permissive.
const used = [...shipped, 'MPL-2.0', 'Python-2.0']

/** The licences of what a release contains. */
export function inspectShippedLicences(lockfile: Lockfile, installed: Installed): Inspection {
  return inspectLicences('licences, production', {
    packages: productionPackages(lockfile),
    installed,
    allowed: shipped,
  })
}

/** The licences of what builds and tests it. */
export function inspectUsedLicences(lockfile: Lockfile, installed: Installed): Inspection {
  const packages = lockfile.packages.filter(({ isDev }) => isDev)
  return inspectLicences('licences, development', { packages, installed, allowed: used })
}

interface Licences {
  readonly packages: readonly LockedPackage[]
  readonly installed: Installed
  readonly allowed: readonly string[]
}

function inspectLicences(name: string, { packages, installed, allowed }: Licences): Inspection {
  const licences = packages.map((locked) => ({ locked, license: licenceOf(locked, installed) }))
  const found = new Set(licences.map(({ license }) => license))
  return {
    name,
    value: `${packages.length} packages, ${found.size} licences`,
    goal: allowed.join(', '),
    problems: licences.flatMap(({ locked, license }) => problemOf(locked, license, allowed)),
  }
}

/** The package itself says it; of one for another platform only the lockfile knows. */
function licenceOf(locked: LockedPackage, installed: Installed): string | undefined {
  const there = installed.get(locked.path)
  return there === undefined && locked.isOptional ? locked.license : there?.license
}

function problemOf(locked: LockedPackage, license: string | undefined, allowed: readonly string[]): string[] {
  if (license !== undefined && allowed.includes(license)) return []
  const says = license === undefined ? 'names no licence (or is not installed: npm ci)' : `is licensed under ${license}`
  return [`${specOf(locked)} ${says}, which is not allowed here: replace it, or add the expression with a reason`]
}
