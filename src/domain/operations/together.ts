/**
 * Calls that come in one turn of the program, or while others are under way, share a statement and a commit: hundreds of
 * them a second cost the database a fraction of what they would alone. One that comes alone waits for nobody.
 */
import { wasConnectionLost } from '#foundation/db/transaction.ts'

interface Waiting<Input, Answer> extends PromiseWithResolvers<Answer> {
  readonly input: Input
}

export interface Statements<Input, Answer> {
  readonly one: (input: Input) => Promise<Answer>
  /** All or none; the answers stand in the order of the inputs. */
  readonly many: (inputs: readonly Input[]) => Promise<readonly Answer[]>
}

// Two, so that one is made ready while the database works on the other.
const mostUnderWay = 2
const mostTogether = 64

/** Each call gets the answer, or the error, that it would have got alone. */
export class Together<Input, Answer> {
  readonly #statements: Statements<Input, Answer>
  readonly #waiting: Waiting<Input, Answer>[] = []
  #underWay = 0
  #isGathering = false

  constructor(statements: Statements<Input, Answer>) {
    this.#statements = statements
  }

  call(input: Input): Promise<Answer> {
    const one: Waiting<Input, Answer> = { input, ...Promise.withResolvers<Answer>() }
    this.#waiting.push(one)
    if (this.#underWay < mostUnderWay && !this.#isGathering) this.#gather()
    return one.promise
  }

  /** Sends at the end of this turn: one answer for sixteen callers makes them call sixteen times, one after the other. */
  #gather(): void {
    this.#isGathering = true
    setImmediate(() => {
      this.#isGathering = false
      void this.#sendAll()
    })
  }

  async #sendAll(): Promise<void> {
    this.#underWay += 1
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, mostTogether))
    this.#underWay -= 1
  }

  async #send(batch: readonly Waiting<Input, Answer>[]): Promise<void> {
    const [first] = batch
    if (first !== undefined && batch.length === 1) return this.#settle(first)
    try {
      const answers = await this.#statements.many(batch.map(({ input }) => input))
      if (answers.length !== batch.length) throw new TypeError('a call without an answer')
      for (const [place, one] of batch.entries()) one.resolve(answers[place] as Answer)
    } catch (error) {
      // Each caller settles a lost answer for itself. Anything else concerns one of them: the others must not pay for it.
      if (wasConnectionLost(error)) for (const one of batch) one.reject(error)
      else await Promise.all(batch.map((one) => this.#settle(one)))
    }
  }

  async #settle({ input, resolve, reject }: Waiting<Input, Answer>): Promise<void> {
    await this.#statements.one(input).then(resolve, reject)
  }
}
