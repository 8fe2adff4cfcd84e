import type { Check } from '../check.ts'

/** What one look at the supply chain found. It passes when there is no problem. */
export interface Inspection {
  readonly name: string
  readonly value: string
  readonly goal: string
  /** One sentence each: which package, what is wrong, what to do. */
  readonly problems: readonly string[]
}

export function checkOf({ name, value, goal, problems }: Inspection): Check {
  return {
    name,
    ok: problems.length === 0,
    value: problems.length === 0 ? value : `${value}: ${problems.length} wrong`,
    goal,
  }
}
