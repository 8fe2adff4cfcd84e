import type { LockedPackage, Lockfile } from './lockfile.ts'

/** A locked package that no check has anything against, with what a test changes. */
export function locked(spec: string, changed: Partial<LockedPackage> = {}): LockedPackage {
  const at = spec.lastIndexOf('@')
  const name = spec.slice(0, at)
  return {
    path: `node_modules/${name}`,
    name,
    version: spec.slice(at + 1),
    isDev: false,
    isOptional: false,
    isLink: false,
    hasInstallScript: false,
    integrity: `sha512-${'A'.repeat(86)}==`,
    resolved: undefined,
    license: 'MIT',
    ...changed,
  }
}

/** A lockfile of these packages, none of them asked for directly. */
export function lockfileOf(...packages: readonly LockedPackage[]): Lockfile {
  return { format: 3, direct: { dependencies: {}, devDependencies: {} }, packages }
}
