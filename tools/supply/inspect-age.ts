import { z } from 'zod'
import type { Inspection } from './inspection.ts'
import { specOf, type Lockfile } from './lockfile.ts'

/*
 * Most packages that were taken over were found out within days, so what is locked has been public for two weeks. Checked
 * by committed dates, and not by min-release-age in .npmrc: that would refuse to install the exceptions too.
 */

export const minAgeDays = 14

const day = z.iso.date()

/** When each locked version was published, and when it came into the lockfile. */
export const datesSchema = z.record(z.string(), z.object({ published: day, locked: day }))
export type Dates = z.infer<typeof datesSchema>

/** Packages that may be younger, and why: `name@version`, or `@scope/*@version`. */
export const exceptionsSchema = z.array(z.object({ reason: z.string().min(20), packages: z.array(z.string()) }))
export type Exceptions = z.infer<typeof exceptionsSchema>

interface Age {
  readonly spec: string
  readonly days: number
}

/** Every locked version was public for 14 days when it was locked, or says why not. */
export function inspectAge(
  lockfile: Lockfile,
  known: { dates: Dates; exceptions: Exceptions; today: string },
): Inspection {
  const specs = [...new Set(lockfile.packages.map(specOf))]
  const ages = specs.flatMap((spec) => ageOf(spec, known.dates))
  const young = ages.filter(({ days }) => days < minAgeDays)
  const excepted = known.exceptions.flatMap(({ packages }) => packages)
  const isExcepted = ({ spec }: Age) => excepted.some((pattern) => matches(pattern, spec))
  return {
    name: 'age',
    value: `${specs.length} versions, ${young.filter(isExcepted).length} younger by exception`,
    goal: `${minAgeDays} days old when locked, or a reason`,
    problems: [
      ...specs.filter((spec) => known.dates[spec] === undefined).map(hasNoDate),
      ...specs.filter((spec) => (known.dates[spec]?.locked ?? '') > known.today).map(isLockedTomorrow),
      ...young.filter((age) => !isExcepted(age)).map(isTooYoung),
      ...excepted.filter((pattern) => !young.some(({ spec }) => matches(pattern, spec))).map(isNotNeeded),
    ],
  }
}

function ageOf(spec: string, dates: Dates): Age[] {
  const known = dates[spec]
  if (known === undefined) return []
  return [{ spec, days: Math.floor((Date.parse(known.locked) - Date.parse(known.published)) / 86_400_000) }]
}

function matches(pattern: string, spec: string): boolean {
  const [scope, version] = pattern.split('/*@')
  return version === undefined ? pattern === spec : spec.startsWith(`${scope}/`) && spec.endsWith(`@${version}`)
}

function hasNoDate(spec: string): string {
  return `${spec} has no known date of publication: run \`npm run supply -- --refresh\` and commit publication-dates.json`
}

function isLockedTomorrow(spec: string): string {
  return `${spec} is said to have been locked on a day that has not come: correct publication-dates.json`
}

function isTooYoung({ spec, days }: Age): string {
  return `${spec} was ${days} days old when it was locked, ${minAgeDays} are asked for: lock an older version, or add it to age-exceptions.json with the reason`
}

function isNotNeeded(pattern: string): string {
  return `${pattern} is excepted but no young package is locked by that name: take it out of age-exceptions.json`
}
