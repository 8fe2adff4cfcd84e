/** What is told, in words, before a transport gives it its form. */
export interface Notice {
  /** One line: `Assignment restore of "Contoso" failed`. */
  readonly title: string
  /** What it did: `310 of 312 items, 2 failed`. Empty when there was nothing to count. */
  readonly body: string
  /** What went wrong, the most important first. */
  readonly problems: readonly string[]
  /** What to do about it. */
  readonly next: readonly string[]
  readonly tone: 'good' | 'info' | 'warning' | 'bad'
}
