import type { Claim, ClaimKey } from '#domain/operations/claim.ts'
import type { HeldClaim } from '#domain/operations/lease.ts'
import type { RunAbort } from '#domain/operations/operation.ts'

interface RunningRun {
  readonly claim: Claim
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** The runs this process works on, and the way to stop them. */
export class Running {
  readonly #runs = new Map<string, RunningRun>()
  /** While a claim is under way the database may hold runs for us that we do not know yet. */
  isClaiming = false

  get size(): number {
    return this.#runs.size
  }

  get scheduled(): number {
    return this.claims().filter((claim) => claim.priority === 'scheduled').length
  }

  claims(): Claim[] {
    return [...this.#runs.values()].map((run) => run.claim)
  }

  has(claim: ClaimKey): boolean {
    return this.#runs.has(nameOf(claim))
  }

  /** Starts `work`, which must not throw, and remembers it until it is done. */
  add(claim: Claim, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController()
    const name = nameOf(claim)
    const done = work(abort.signal).finally(() => this.#runs.delete(name))
    this.#runs.set(name, { claim, abort, done })
  }

  /** Stops those of the asked claims that the database does not know any more, wants cancelled, or saw too long. */
  compare(asked: readonly ClaimKey[], held: readonly HeldClaim[]): void {
    const truth = new Map(held.map((claim) => [nameOf(claim), claim]))
    for (const claim of asked) {
      const found = truth.get(nameOf(claim))
      if (found === undefined) this.#stop(nameOf(claim), 'lease_lost')
      else if (found.isCancelRequested) this.#stop(nameOf(claim), 'cancelled')
      else if (found.isPastDeadline) this.#stop(nameOf(claim), 'deadline')
    }
  }

  stopAll(why: RunAbort): void {
    for (const name of this.#runs.keys()) this.#stop(name, why)
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.done))
  }

  #stop(name: string, why: RunAbort): void {
    this.#runs.get(name)?.abort.abort(why)
  }
}

function nameOf({ ctx, runId, attempt }: ClaimKey): string {
  return `${ctx.workspaceId} ${runId} ${attempt}`
}
