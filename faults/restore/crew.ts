import { spawnWorker } from '#domain/restore/testing-worker-process.ts'
import type { WorkerExit, WorkerProcess, WorkerSpawn } from '#domain/restore/testing-worker-process.ts'
import type { WorkerArguments } from '#domain/restore/testing-worker.ts'

/** The worker nothing is done to: at most one at a time, there when it is asked for, killed at the latest at the end. */
export class Crew implements AsyncDisposable {
  readonly #args: WorkerArguments
  readonly #how: () => WorkerSpawn
  #worker: WorkerProcess | undefined

  /** `how` is asked for each of them. */
  constructor(args: WorkerArguments, how: () => WorkerSpawn) {
    this.#args = args
    this.#how = how
  }

  /** Another worker, which ends at the failpoint where there is one. */
  spawn(failpoint = ''): Promise<WorkerProcess> {
    return spawnWorker(this.#args, failpoint, this.#how())
  }

  async attend(): Promise<void> {
    this.#worker ??= await this.spawn()
  }

  /** Asks it to stop and says how it ended; undefined where there is none. */
  async leave(): Promise<WorkerExit | undefined> {
    const worker = this.#worker
    this.#worker = undefined
    return worker?.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]()
  }
}
