import type { Finding } from '../find-canaries.ts'
import { isGivenOutAt } from '../meant.ts'

export interface JudgedAnswers {
  /** How many secrets were given out on purpose. */
  readonly given: number
  readonly leaked: readonly Finding[]
}

/** The first answer with a secret may be the one that gives it out, where one does; in every other one it is a leak. */
export function judgeAnswers(found: readonly (readonly Finding[])[]): JudgedAnswers {
  const given = new Set<string>()
  const leaked = found.flatMap((findings) => {
    const own = findings.filter(({ canary, place }) => !given.has(canary) && isGivenOutAt(place))
    for (const { canary } of own) given.add(canary)
    return findings.filter((finding) => !own.includes(finding))
  })
  return { given: given.size, leaked }
}
