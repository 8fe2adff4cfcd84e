import { decodeLoosely } from '../http/decode.ts'
import { createRandom } from './random.ts'
import type { Effect, Fault, FaultPlan } from './fault-plan.ts'

/** What a fault pattern is compared with. */
export interface MatchedRequest {
  readonly kind: 'graph' | 'token' | 'signIn'
  readonly method: string
  readonly path: string
  readonly query: string
  readonly collection: string | undefined
  readonly tenant: { readonly id: string; readonly name: string; readonly domain: string } | undefined
  readonly app: { readonly clientId: string; readonly name: string } | undefined
  readonly isInner: boolean
}

export interface FiredFault {
  readonly id: string
  readonly effect: Effect
}

interface Armed {
  readonly id: string
  readonly fault: Fault
  readonly path: RegExp | undefined
  readonly random: () => number
  matches: number
  hits: number
}

export interface FaultEngine {
  replace(plan: FaultPlan): void
  /** The faults that hit this request; each match counts, whether it is hit or not. */
  fire(request: MatchedRequest): readonly FiredFault[]
  describe(): readonly (Fault & { readonly id: string; readonly matches: number; readonly hits: number })[]
}

export function createFaultEngine(): FaultEngine {
  let armed: Armed[] = []
  return {
    replace(plan) {
      armed = plan.faults.map(arm)
    },
    fire: (request) => armed.flatMap((one) => (hits(one, request) ? [{ id: one.id, effect: one.fault.effect }] : [])),
    describe: () => armed.map(({ fault, id, matches, hits: hit }) => ({ ...fault, id, matches, hits: hit })),
  }
}

function arm(fault: Fault, index: number): Armed {
  const path = fault.match.path === undefined ? undefined : globToPattern(fault.match.path)
  return { id: fault.id ?? `fault-${index + 1}`, fault, path, random: createRandom(fault.seed), matches: 0, hits: 0 }
}

function hits(armed: Armed, request: MatchedRequest): boolean {
  if (!matches(armed, request)) return false
  armed.matches += 1
  const { after, count, probability } = armed.fault
  if (armed.matches <= after || (count !== null && armed.hits >= count)) return false
  if (probability < 1 && armed.random() >= probability) return false
  armed.hits += 1
  return true
}

function matches({ fault: { match }, path }: Armed, request: MatchedRequest): boolean {
  const isPlaced = match.in === 'any' || (match.in === 'inner') === request.isInner
  const isQueried = match.query === undefined || decodeLoosely(request.query).includes(match.query)
  const isAddressed = path === undefined || path.test(request.path)
  const named: readonly [wanted: string | undefined, names: readonly (string | undefined)[]][] = [
    [match.kind, [request.kind]],
    [match.method, [request.method]],
    [match.collection, [request.collection]],
    [match.tenant, Object.values(request.tenant ?? {})],
    [match.app, Object.values(request.app ?? {})],
  ]
  return isPlaced && isQueried && isAddressed && named.every(([wanted, names]) => isWanted(wanted, names))
}

/** Whether a pattern that is not given, or is given and is one of the names, lets a request through. */
function isWanted(wanted: string | undefined, names: readonly (string | undefined)[]): boolean {
  return wanted === undefined || names.some((name) => name?.toLowerCase() === wanted.toLowerCase())
}

/** `*` is one path segment, `**` any number of them. Paths ignore case. */
export function globToPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*'
      return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${source}$`, 'i')
}
