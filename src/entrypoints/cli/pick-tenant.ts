import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'

interface Named {
  readonly id: string
  readonly name: string
  readonly entraTenantId: string
}

/**
 * The tenant with that public id, Entra id or name; without a text the only one there is.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous` when one must be named
 */
export function pickTenant<T extends Named>(tenants: readonly T[], text: string | undefined): T {
  return text === undefined ? theOnlyOne(tenants) : theOneNamed(tenants, text)
}

function theOnlyOne<T extends Named>(tenants: readonly T[]): T {
  const [only, ...others] = tenants
  if (only === undefined)
    throw new Failure('not_found', 'This workspace has no tenant yet; add one with `tenantatlas tenant add`.')
  if (others.length === 0) return only
  throw new Failure(
    'ambiguous',
    `This workspace has ${tenants.length} tenants; name one with --tenant: ${someNames(tenants)}.`,
  )
}

function theOneNamed<T extends Named>(tenants: readonly T[], text: string): T {
  const wanted = text.toLowerCase()
  const byId = tenants.find(({ id, entraTenantId }) => id === wanted || entraTenantId === wanted)
  const found = byId ?? theOneWithName(tenants, text)
  if (found !== undefined) return found
  const names = tenants.map(({ name }) => name)
  throw new Failure('not_found', `There is no tenant "${text}" in this workspace.${didYouMean(text, names)}`)
}

/** Exact first, then without regard to case: names are unique only with it. */
function theOneWithName<T extends Named>(tenants: readonly T[], text: string): T | undefined {
  const exact = tenants.find(({ name }) => name === text)
  if (exact !== undefined) return exact
  const similar = tenants.filter(({ name }) => name.toLowerCase() === text.toLowerCase())
  if (similar.length > 1)
    throw new Failure(
      'ambiguous',
      `Several tenants are named like "${text}": ${someNames(similar)}; write the name exactly, or give the id.`,
    )
  return similar[0]
}

function someNames(tenants: readonly Named[]): string {
  const names = tenants.slice(0, 5).map(({ name }) => `"${name}"`)
  return tenants.length > names.length
    ? `${names.join(', ')} and ${tenants.length - names.length} more`
    : names.join(', ')
}
