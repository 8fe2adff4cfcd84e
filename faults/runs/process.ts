/** A program of the product or of the matrix as a process that is talked to by lines, and made to end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Listener } from '../canaries/secret-watch.ts'
import type { Exit } from '../exits.ts'

export interface Program {
  /** A path. */
  readonly file: string
  readonly args: readonly string[]
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Hears everything it says. */
  readonly listener?: Listener
}

const patienceMs = 30_000

export class Process implements AsyncDisposable {
  readonly #child
  readonly #exited: Promise<Exit>
  readonly #lines: string[] = []
  readonly #waiting: ((line: string | undefined) => void)[] = []
  #complaint = ''
  /** When it ended, by `performance.now()`. */
  goneAt: number | undefined

  constructor({ file, args, nodeArgs = [], env = {}, listener }: Program) {
    this.#child = spawn(process.execPath, [...nodeArgs, file, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const { stdout, stderr, stdin } = this.#child
    stderr.on('data', (chunk: Buffer) => (this.#complaint = (this.#complaint + chunk.toString()).slice(-4_000)))
    if (listener !== undefined) {
      stdout.on('data', listener.stdout)
      stderr.on('data', listener.stderr)
    }
    // It may end while something is being said to it.
    stdin.on('error', () => undefined)
    createInterface(stdout).on('line', (line) => this.#heard(line))
    this.#exited = once(this.#child, 'close').then(() => {
      this.goneAt = performance.now()
      for (const waiting of this.#waiting.splice(0)) waiting(undefined)
      return { code: this.#child.exitCode, complaint: this.#complaint }
    })
  }

  #heard(line: string): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#lines.push(line)
    else waiting(line)
  }

  get isGone(): boolean {
    return this.goneAt !== undefined
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it said on stderr; a sound one says nothing. */
  get complaint(): string {
    return this.#complaint
  }

  /** Whether it ended by SIGKILL: by its failpoint, or from here. */
  get wasKilled(): boolean {
    return this.#child.signalCode === 'SIGKILL'
  }

  /** Whether V8 ended it: it needed more memory than it may have. */
  get wasAborted(): boolean {
    return this.#child.signalCode === 'SIGABRT'
  }

  /** The next line it says, in order; undefined when it is gone. */
  async line(): Promise<string | undefined> {
    const said = this.#lines.shift()
    if (said !== undefined || this.isGone) return said
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Resolves when it is gone, or after 30 s. */
  async ended(withinMs = patienceMs): Promise<Exit> {
    const gaveUp = pause(withinMs, { code: null, complaint: 'it did not end' }, { ref: false })
    return Promise.race([this.#exited, gaveUp])
  }

  /** Asks it to stop, as a deployment does. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM')
    return this.ended()
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isGone) await this.kill()
  }
}
