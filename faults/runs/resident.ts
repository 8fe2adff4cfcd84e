import type { Exit } from '../exits.ts'
import type { Process } from './process.ts'

/**
 * The worker process that nothing is done to: the same one from case to case, since starting one costs more than a case.
 * Between cases it rests, without a lease.
 */
export class Resident implements AsyncDisposable {
  readonly #spawn: () => Promise<Process>
  #process: Process | undefined
  #isAtWork = false

  constructor(spawn: () => Promise<Process>) {
    this.#spawn = spawn
  }

  /** So that nobody waits for it later. */
  async begin(): Promise<void> {
    this.#process ??= await this.#spawn()
  }

  async work(): Promise<void> {
    if (this.#isAtWork) return
    await this.begin()
    this.#isAtWork = true
    this.#process?.say('work')
    await this.#process?.line()
  }

  /** Lets it drain; says how it is. A sound one is there, and has nothing to say. */
  async rest(): Promise<Exit> {
    const process = this.#process
    if (process === undefined || !this.#isAtWork) return sound
    this.#isAtWork = false
    process.say('rest')
    const isResting = (await process.line()) === 'rest'
    if (isResting && !process.isGone && process.complaint === '') return sound
    this.#process = undefined
    return process.isGone ? process.ended() : process.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }
}

const sound: Exit = { code: 0, complaint: '' }
