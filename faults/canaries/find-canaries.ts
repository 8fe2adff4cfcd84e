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
  const needles = canaries.flatMap(needlesOf)
  return sources.flatMap(({ place, content }) => {
    const bytes = Buffer.from(content)
    return needles.flatMap((needle) => {
      const at = bytes.indexOf(needle.bytes)
      return at === -1 ? [] : [{ canary: needle.canary, form: needle.form, place, around: aroundOf(bytes, at, needle) }]
    })
  })
}

function aroundOf(bytes: Buffer, at: number, { canary, bytes: needle }: Needle): string {
  const before = bytes.subarray(Math.max(0, at - aroundBytes), at)
  const after = bytes.subarray(at + needle.length, at + needle.length + aroundBytes)
  return `${before.toString()}<${canary}>${after.toString()}`.replaceAll(/\s+/g, ' ')
}
