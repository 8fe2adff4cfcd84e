/**
 * Decides, entry by entry and without keeping them, whether a part of a chain is whole: from where the part before it
 * ended, and through every checkpoint on the way.
 */
import { hashEntry } from '#domain/audit/canonical-entry.ts'
import type { ChainEnds, ChainPlace, StoredEntry } from '#domain/audit/chain.store.ts'
import { cut, entriesWords, ProblemList, rewritten } from '#domain/audit/chain-problems.ts'
import type { ChainProblem, ProblemKind } from '#domain/audit/chain-problems.ts'
import type { Checkpoint } from '#domain/audit/checkpoint.ts'

/** Where a part ended: what the next one begins with. */
export interface ChainPosition {
  /** The number the next entry has to have. */
  readonly expected: number
  /** The hash of the one before it. */
  readonly previous: Buffer
}

export class ChainCheck {
  readonly #anchor: ChainPlace
  readonly #signedAt: ReadonlyMap<number, readonly Checkpoint[]>
  readonly #problems = new ProblemList()
  #entries = 0
  #first: number | null = null
  #expected: number
  #previous: Buffer
  /** Behind a gap: the next entry cannot be checked against what is not there. */
  #isBehindGap = false

  /** `from`: left out at the begin. `signed`: what was signed of this part. */
  constructor(
    { anchor }: Pick<ChainEnds, 'anchor'>,
    { signed, from }: { readonly signed: readonly Checkpoint[]; readonly from?: ChainPosition | undefined },
  ) {
    this.#anchor = anchor
    this.#signedAt = Map.groupBy(signed, ({ seq }) => seq)
    // Retention may have come past the end of the part before.
    const begin =
      from === undefined || from.expected <= anchor.seq ? { expected: anchor.seq + 1, previous: anchor.hash } : from
    this.#expected = begin.expected
    this.#previous = begin.previous
  }

  /** The next entry in the order of seq. */
  add(entry: StoredEntry): void {
    const { seq } = entry
    this.#entries += 1
    this.#first ??= seq
    if (seq < this.#expected) {
      const where = seq <= this.#anchor.seq ? 'before the chain begins' : 'a second time'
      return this.#report('unexpected', seq, `Entry ${seq} stands ${where}: it was put there.`)
    }
    if (seq > this.#expected) {
      this.#report('missing', this.#expected, `${entriesWords(this.#expected, seq - 1)} missing.`)
      this.#isBehindGap = true
    }
    if (!this.#isBehindGap && !hashEntry(this.#previous, entry).equals(entry.hash))
      this.#report('changed', seq, `Entry ${seq} is not what was written: it was changed, moved or put there.`)
    this.#compareSigned(seq, entry.hash)
    this.#isBehindGap = false
    this.#previous = entry.hash
    this.#expected = seq + 1
  }

  /** Only retention may remove the begin, and it signs how far. To be asked of the part the anchor lies in. */
  checkFront(): void {
    const { seq, hash } = this.#anchor
    if (seq === 0) return
    const signed = (this.#signedAt.get(seq) ?? []).filter(({ kind }) => kind === 'front')
    if (signed.some((one) => one.hash === hash.toString('hex'))) return
    const message = `${entriesWords(1, seq)} gone, and no signed checkpoint says that retention removed them.`
    this.#report('front', seq, message)
  }

  /** When all entries of the last part were added. `head`: as the database says; undefined when it says nothing. */
  end(head: ChainPlace | undefined): void {
    const last = this.#expected - 1
    if (head === undefined) this.#report('head', last, 'The head of the chain is gone.')
    else if (head.seq > last)
      this.#report(
        'head',
        last + 1,
        `${entriesWords(last + 1, head.seq)} missing at the end: the head is at ${head.seq}.`,
      )
    else if (head.seq < last)
      this.#report('head', head.seq, `The head is at ${head.seq}, and entries go on to ${last}: it was changed.`)
    else if (!head.hash.equals(this.#previous))
      this.#report('head', last, `The head does not have the hash of entry ${last}: it was changed.`)
    this.#checkTail(last)
  }

  report(problem: ChainProblem): void {
    this.#problems.add(problem)
  }

  get position(): ChainPosition {
    return { expected: this.#expected, previous: this.#previous }
  }

  result() {
    return {
      entries: this.#entries,
      firstSeq: this.#first,
      lastSeq: this.#entries === 0 ? null : this.#expected - 1,
      ...this.#problems.found,
    }
  }

  #report(kind: ProblemKind, seq: number, message: string): void {
    this.report({ kind, seq, message })
  }

  #compareSigned(seq: number, hash: Buffer): void {
    for (const checkpoint of this.#signedAt.get(seq) ?? [])
      if (checkpoint.hash !== hash.toString('hex')) this.report(rewritten(checkpoint))
  }

  #checkTail(last: number): void {
    const beyond = [...this.#signedAt.values()].flat().filter(({ seq }) => seq > last)
    const [newest] = beyond.toSorted((a, b) => b.seq - a.seq)
    if (newest !== undefined) this.report(cut(last, newest))
  }
}
