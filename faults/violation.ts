/** What must hold after every case, whatever was done to it (docs: RELIABILITY, fault matrix). */
export const invariants = {
  I1: 'every acknowledged start is one run that ends once, as it must',
  I2: 'nothing is done twice, without an intent, after the end, or by a stale worker',
  I3: 'what is live is always before or after',
  I4: 'counts are those of the item ledger and of Graph, attempts are those that were',
  I5: 'one audit entry and at most one notification for each end, one entry for each written policy',
  I7: 'processes keep serving',
  I8: 'succeeded is said only of what is live as wanted',
  S1: 'SIGTERM: exit code 0 within 10 s, work and lease given back',
  S2: 'no secret stands anywhere but where it is kept',
} as const

export type Invariant = keyof typeof invariants

export interface Violation {
  readonly invariant: Invariant
  readonly says: string
}

/** One violation of an invariant for each sentence. */
export function breaches(invariant: Invariant, sentences: readonly string[]): Violation[] {
  return sentences.map((says) => ({ invariant, says }))
}
