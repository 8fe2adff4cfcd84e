import { countOf } from '#contract/moments.ts'
import type { RestoreDetailDocument, RestoreDocument } from '#contract/api/restores.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'

/** `by Marco Bianchi 5m ago: change 4711`; undefined where there is nothing to say. */
export function approvalWords({ approval }: Pick<RestoreDocument, 'approval'>): string | undefined {
  const { state, limit, given } = approval
  const gone = given.filter(({ stands }) => !stands).map(({ by }) => `${by.name} may not approve any more`)
  const standing = given.filter(({ stands }) => stands).map(givenWords)
  if (state === 'needed') return [limit === 0 ? 'needed' : `needed for more than ${limit} policies`, ...gone].join('; ')
  return given.length === 0 ? undefined : [...standing, ...gone].join('; ')
}

function givenWords({ by, at, reason }: RestoreDocument['approval']['given'][number]): string {
  return `by ${by.name} ${ago(at)}${reason === null ? '' : `: ${reason}`}`
}

/** Why a plan cannot be applied yet, and the command that somebody else gives. */
export function neededWords({ id, tenant, counts, approval }: RestoreDetailDocument): string {
  const policies = countOf(counts.byPlan.write, 'policy', 'policies')
  return (
    `This plan writes ${policies}, and ${whatNeeds(approval)} a second person. ` +
    `Another owner or manager approves it: \`tenantatlas restore approve ${id} --tenant "${tenant.name}"\`; ` +
    `then apply it. Or ${smallerPlan(approval)}have an owner change the limit: \`tenantatlas workspace restore-limit\`.`
  )
}

function smallerPlan({ limit }: RestoreDocument['approval']): string {
  return limit === 0 ? '' : 'plan fewer policies at a time, or '
}

function whatNeeds({ limit }: RestoreDocument['approval']): string {
  return limit === 0 ? 'every restore here needs' : `more than ${limit} need`
}
