/**
 * Decides, entry by entry and without keeping them, whether a chain is whole: from the anchor to the head, and through
 * every checkpoint on the way.
 */
import { hashEntry } from '#domain/audit/canonical-entry.ts'
import type { ChainEnds, ChainPlace, StoredEntry } from '#domain/audit/chain.store.ts'
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

export class ChainCheck {
  readonly #anchor: ChainPlace
  readonly #signedAt: ReadonlyMap<number, readonly Checkpoint[]>
  readonly #problems: ChainProblem[] = []
  #problemCount = 0
  #entries = 0
  #first: number | null = null
  #expected: number
  /** Of the entry before; null when that is not there, so that the next one cannot be checked against it. */
  #previous: Buffer | null

  constructor(ends: Pick<ChainEnds, 'anchor'>, signed: readonly Checkpoint[]) {
    this.#anchor = ends.anchor
    this.#signedAt = Map.groupBy(signed, ({ seq }) => seq)
    this.#expected = ends.anchor.seq + 1
    this.#previous = ends.anchor.hash
  }

  /** The next entry in the order of seq. */
  add(entry: StoredEntry): void {
    const { seq } = entry
    this.#entries += 1
    this.#first ??= seq
    if (seq < this.#expected) {
      const where = seq <= this.#anchor.seq ? 'before the chain begins' : 'a second time'
      return this.report('unexpected', seq, `Entry ${seq} stands ${where}: it was put there.`)
    }
    if (seq > this.#expected) {
      this.report('missing', this.#expected, `${entriesWords(this.#expected, seq - 1)} missing.`)
      this.#previous = null
    }
    if (this.#previous !== null && !hashEntry(this.#previous, entry).equals(entry.hash))
      this.report('changed', seq, `Entry ${seq} is not what was written: it was changed, moved or put there.`)
    this.#compareSigned(seq, entry.hash)
    this.#previous = entry.hash
    this.#expected = seq + 1
  }

  /** When all entries were added. `head`: as the database says; undefined when it says nothing. */
  end(head: ChainPlace | undefined): void {
    const last = this.#expected - 1
    if (head === undefined) this.report('head', last, 'The head of the chain is gone.')
    else if (head.seq > last)
      this.report(
        'head',
        last + 1,
        `${entriesWords(last + 1, head.seq)} missing at the end: the head is at ${head.seq}.`,
      )
    else if (head.seq < last)
      this.report('head', head.seq, `The head is at ${head.seq}, and entries go on to ${last}: it was changed.`)
    else if (this.#previous === null || !head.hash.equals(this.#previous))
      this.report('head', last, `The head does not have the hash of entry ${last}: it was changed.`)
    this.#checkFront()
    this.#checkTail(last)
  }

  report(kind: ProblemKind, seq: number, message: string): void {
    this.#problemCount += 1
    if (this.#problems.length < keptProblems) this.#problems.push({ kind, seq, message })
  }

  result() {
    return {
      entries: this.#entries,
      firstSeq: this.#first,
      lastSeq: this.#entries === 0 ? null : this.#expected - 1,
      problems: this.#problems as readonly ChainProblem[],
      problemCount: this.#problemCount,
    }
  }

  #compareSigned(seq: number, hash: Buffer): void {
    for (const { hash: signed, at } of this.#signedAt.get(seq) ?? []) {
      if (signed === hash.toString('hex')) continue
      const message = `Entry ${seq} has another hash than the one signed at ${at}: what comes up to it was written anew.`
      this.report('rewritten', seq, message)
    }
  }

  /** Only retention may remove the begin, and it signs how far. */
  #checkFront(): void {
    const { seq, hash } = this.#anchor
    if (seq === 0) return
    const signed = (this.#signedAt.get(seq) ?? []).filter(({ kind }) => kind === 'front')
    if (signed.some((one) => one.hash === hash.toString('hex'))) return
    this.report(
      'front',
      seq,
      `${entriesWords(1, seq)} gone, and no signed checkpoint says that retention removed them.`,
    )
  }

  #checkTail(last: number): void {
    const signed = [...this.#signedAt.keys()].filter((seq) => seq > last)
    if (signed.length === 0) return
    const newest = Math.max(...signed)
    const at = this.#signedAt.get(newest)?.[0]?.at ?? ''
    const message = `${entriesWords(last + 1, newest)} cut off: entry ${newest} was there when it was signed at ${at}.`
    this.report('cut', last + 1, message)
  }
}

function entriesWords(from: number, to: number): string {
  return from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`
}
