import type { Dates } from './inspect-age.ts'
import { specOf, type Lockfile } from './lockfile.ts'

/** Asks when each version of a package was published. */
export type LookUp = (name: string) => Promise<Readonly<Record<string, string>>>

/**
 * The dates of what is locked now: known ones as they were, new ones looked up and locked today, gone ones left out.
 *
 * @throws when a version is not known where it is looked up.
 */
export async function refreshDates(
  lockfile: Lockfile,
  known: Dates,
  { lookUp, today }: { lookUp: LookUp; today: string },
): Promise<Dates> {
  const dates: Dates = {}
  for (const locked of lockfile.packages.toSorted((a, b) => (specOf(a) < specOf(b) ? -1 : 1))) {
    const spec = specOf(locked)
    dates[spec] = dates[spec] ?? known[spec] ?? { published: await published(locked, lookUp), locked: today }
  }
  return dates
}

async function published({ name, version }: { name: string; version: string }, lookUp: LookUp): Promise<string> {
  const time = (await lookUp(name))[version]
  if (time === undefined) throw new Error(`the registry knows no date of ${specOf({ name, version })}: try again later`)
  return new Date(time).toISOString().slice(0, 10)
}
