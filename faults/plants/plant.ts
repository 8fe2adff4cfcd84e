import type { Point } from '../runs/rows.ts'
import type { Invariant } from '../violation.ts'
import type { Change } from './replace-once.ts'

/** A bug that an honest person could have written, planted to see whether the matrix finds it. */
export interface Plant {
  /** As the command line takes it. */
  readonly name: string
  readonly bug: string
  /** The thought that leads to it. */
  readonly mistake: string
  /** In functions of the database, by their names. */
  readonly functions?: Readonly<Record<string, readonly Change[]>>
  /** In modules of the product, by their paths from the root of the checkout. */
  readonly modules?: Readonly<Record<string, readonly Change[]>>
  /** What it breaks whenever it is there, and not only when something happens. */
  readonly anyway?: readonly Invariant[]
  /** What the matrix must say of it. */
  readonly reddens: readonly Reddened[]
}

/** A row of the matrix that a planted bug turns red: each of these invariants is violated at one of these seeds. */
export interface Reddened {
  readonly point: Point
  readonly seeds: readonly number[]
  readonly violates: readonly Invariant[]
}
