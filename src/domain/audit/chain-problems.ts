/** What can be wrong with a chain, in words. */
import type { Checkpoint } from '#domain/audit/checkpoint.ts'

export type ProblemKind = 'missing' | 'unexpected' | 'changed' | 'head' | 'front' | 'cut' | 'rewritten' | 'checkpoint'

export interface ChainProblem {
  readonly kind: ProblemKind
  /** Of the entry it is about. */
  readonly seq: number
  /** What is wrong, one sentence. */
  readonly message: string
}

// More say nothing new, and every entry may have one.
const keptProblems = 1_000

/** Problems as they are found: all are counted, the first thousand kept. */
export class ProblemList {
  readonly #kept: ChainProblem[] = []
  #count = 0

  add(problem: ChainProblem): void {
    this.#count += 1
    if (this.#kept.length < keptProblems) this.#kept.push(problem)
  }

  get found(): { readonly problems: readonly ChainProblem[]; readonly problemCount: number } {
    return { problems: this.#kept, problemCount: this.#count }
  }
}

export function unsigned({ seq, at, keyId }: Checkpoint, state: 'forged' | 'unknown_key'): ChainProblem {
  const message =
    state === 'forged'
      ? `The checkpoint at entry ${seq} of ${at} is not what key ${keyId} signed: it was changed.`
      : `The checkpoint at entry ${seq} of ${at} cannot be checked: the public key ${keyId} is not here.`
  return { kind: 'checkpoint', seq, message }
}

export function rewritten({ seq, at }: Checkpoint): ChainProblem {
  const message = `Entry ${seq} has another hash than the one signed at ${at}: what comes up to it was written anew.`
  return { kind: 'rewritten', seq, message }
}

/** Entries end at `last`, and that one was signed. */
export function cut(last: number, { seq, at }: Checkpoint): ChainProblem {
  const message = `${entriesWords(last + 1, seq)} cut off: entry ${seq} was there when it was signed at ${at}.`
  return { kind: 'cut', seq: last + 1, message }
}

export function entriesWords(from: number, to: number): string {
  return from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`
}
