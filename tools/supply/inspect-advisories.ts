import semver from 'semver'
import { z } from 'zod'
import type { Inspection } from './inspection.ts'
import { specOf, type Lockfile } from './lockfile.ts'

/*
 * Known advisories about the packages we lock, as a committed list: the check works offline and says the same
 * everywhere. Somebody refreshes the list at each release, and whenever an advisory becomes known.
 */

/** How old the list may be when a release is made. */
export const maxListAgeDays = 7

export const advisoriesSchema = z.object({
  refreshed: z.iso.date(),
  advisories: z.array(
    z.object({
      id: z.string().regex(/^(?:GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|CVE-\d{4}-\d{4,})$/),
      package: z.string().min(1),
      /** The versions it is about, as npm writes ranges. */
      range: z.string().refine((range) => semver.validRange(range) !== null, 'is not a range of versions'),
      severity: z.enum(['low', 'moderate', 'high', 'critical']),
      summary: z.string().min(1),
      /** Where the range was read. */
      source: z.url(),
      checked: z.iso.date(),
    }),
  ),
})
export type Advisories = z.infer<typeof advisoriesSchema>

/**
 * No locked version is in the range of a listed advisory. For a release the list itself must be fresh; otherwise its age
 * is only told, because a checkout must not turn red by waiting.
 */
export function inspectAdvisories(
  lockfile: Lockfile,
  { refreshed, advisories }: Advisories,
  { today, isRelease }: { today: string; isRelease: boolean },
): Inspection {
  const ageDays = Math.floor((Date.parse(today) - Date.parse(refreshed)) / 86_400_000)
  const stale = `the advisories were last refreshed on ${refreshed}, ${ageDays} days ago, at most ${maxListAgeDays} for a release: look for new ones about every direct dependency, then set "refreshed" in advisories.json`
  const hits = advisories.flatMap((advisory) =>
    lockfile.packages
      .filter(({ name, version }) => name === advisory.package && isIn(version, advisory.range))
      .map(
        (locked) =>
          `${specOf(locked)} has a ${advisory.severity} advisory, ${advisory.id} (${advisory.summary}): lock a version outside "${advisory.range}"`,
      ),
  )
  return {
    name: 'advisories',
    value: `${advisories.length} listed, refreshed ${refreshed} (${ageDays} days ago)`,
    goal: isRelease ? `none hit, list at most ${maxListAgeDays} days old` : 'none hit',
    problems: isRelease && ageDays > maxListAgeDays ? [...hits, stale] : hits,
  }
}

/** A prerelease of an affected version counts as affected. */
function isIn(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true })
}
