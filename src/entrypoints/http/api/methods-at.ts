import { isContractProcedure } from '@orpc/contract'
import type { AnyContractProcedure } from '@orpc/contract'
import { api } from '#contract/api/api.ts'

export interface NamedProcedure {
  /** `runs.list` */
  readonly name: string
  readonly method: string
  /** Below the prefix, with parameters in braces. */
  readonly path: string
  readonly procedure: AnyContractProcedure
}

/** Every procedure of the API. */
export const procedures: readonly NamedProcedure[] = Object.entries(api).flatMap(([noun, verbs]) =>
  Object.entries(verbs).flatMap(([verb, procedure]) => {
    if (!isContractProcedure(procedure)) return []
    const { method = 'POST', path = '/' } = procedure['~orpc'].route
    return [{ name: `${noun}.${verb}`, method, path, procedure }]
  }),
)

/** The methods that a path takes; none when the API has nothing there. */
export function methodsAt(path: string): string[] {
  const methods = procedures.filter((one) => patternOf(one.path).test(path)).map(({ method }) => method)
  return [...new Set(methods)].toSorted()
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`)
}
