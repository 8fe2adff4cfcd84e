/** What was found in what a test file left. */
export interface FileReport {
  /** From the root of the checkout. */
  readonly file: string
  /** How many secrets of each kind it had. */
  readonly secrets: Readonly<Record<string, number>>
  readonly answers: number
  readonly tables: number
  readonly bytes: number
  /** Answers that gave a secret out, to whom it is for. */
  readonly given: number
  readonly leaks: readonly Leak[]
}

export interface Leak {
  /** Such as `password #3`: which one it was, but not what. */
  readonly secret: string
  readonly place: string
  /** For people. */
  readonly says: string
}
