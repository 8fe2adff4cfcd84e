/** Looks through what a run left for every form of every secret. */
import type { Canary } from './canary.ts'
import { needlesOf, type Needle } from './needles.ts'

/** Something that can hold a secret: a log, an answer, a table. */
export interface Source {
  readonly place: string
  readonly content: string | Buffer
}

export interface Finding {
  readonly canary: string
  readonly form: string
  readonly place: string
  /** What stands around it, the secret itself left out. */
  readonly around: string
}

const aroundBytes = 100

/** Each secret once per form and source. */
export function findCanaries(canaries: readonly Canary[], sources: readonly Source[]): Finding[] {
  return findInEach(canaries, sources).flat()
}

/** The same, source by source. */
export function findInEach(canaries: readonly Canary[], sources: readonly Source[]): Finding[][] {
  const index = new NeedleIndex(canaries.flatMap(needlesOf))
  return sources.map(({ place, content }) => {
    const bytes = Buffer.from(content)
    return index.firstIn(bytes).map(({ needle, at }) => {
      return { canary: needle.canary, form: needle.form, place, around: aroundOf(bytes, at, needle) }
    })
  })
}

/** So that a secret reads as the same sentence wherever it is said. */
export function describeFinding({ canary, form, place, around }: Finding): string {
  return `${canary} (${form}) in ${place}: ${around}`
}

const bucketBits = 20
const firstBytes = 4

/**
 * Needles by their first four bytes, so that what is searched is read once, however many needles there are: thousands of
 * them in the databases of a whole test suite.
 */
class NeedleIndex {
  readonly #byStart = new Map<number, Needle[]>()
  /** Whether any needle begins with four bytes that fall into this bucket: most places are passed by looking here alone. */
  readonly #isStart = new Uint8Array(1 << bucketBits)

  constructor(needles: readonly Needle[]) {
    for (const needle of needles) {
      if (needle.bytes.length < firstBytes) throw new TypeError(`${needle.canary} is too short to be looked for`)
      const start = needle.bytes.readInt32LE(0)
      this.#isStart[bucketOf(start)] = 1
      const others = this.#byStart.get(start)
      if (others === undefined) this.#byStart.set(start, [needle])
      else others.push(needle)
    }
  }

  firstIn(bytes: Buffer): { readonly needle: Needle; readonly at: number }[] {
    const found = new Map<Needle, number>()
    let start = 0
    for (let end = 0; end < bytes.length; end += 1) {
      start = (start >>> 8) | ((bytes[end] ?? 0) << 24)
      if (this.#isStart[bucketOf(start)] === 0) continue
      const at = end - firstBytes + 1
      for (const needle of this.#byStart.get(start) ?? [])
        if (!found.has(needle) && isAt(bytes, at, needle.bytes)) found.set(needle, at)
    }
    return [...found].map(([needle, at]) => ({ needle, at }))
  }
}

function bucketOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> (32 - bucketBits)
}

function isAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  return (
    at >= 0 &&
    at + wanted.length <= bytes.length &&
    bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0
  )
}

function aroundOf(bytes: Buffer, at: number, { canary, bytes: needle }: Needle): string {
  const before = bytes.subarray(Math.max(0, at - aroundBytes), at)
  const after = bytes.subarray(at + needle.length, at + needle.length + aroundBytes)
  return `${before.toString()}<${canary}>${after.toString()}`.replaceAll(/\s+/g, ' ')
}
