/** Everything that was said to the story, kept to be looked through at its end. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Source } from './find-canaries.ts'
import { placeOf } from './meant.ts'

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the answer is no JSON. */
  readonly body: unknown
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** How the place is called, when the path holds what is looked for. */
  readonly as?: string
}

export interface Program {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  /** What it said so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with all of stderr once it said this. */
  readonly untilSaid: (text: string) => Promise<string>
}

const longestMs = 12_000
const program = join(import.meta.dirname, '../../src/main.ts')

export class Recorder {
  readonly #kept: Source[] = []
  readonly #programs: { readonly place: string; readonly program: Program }[] = []

  keep(place: string, content: string | Buffer): void {
    this.#kept.push({ place, content })
  }

  /** Kills what still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { program: started } of this.#programs) {
      started.child.kill('SIGKILL')
      await started.exited
    }
  }

  get sources(): Source[] {
    const said = this.#programs.flatMap(({ place, program: { stdout, stderr } }) => [
      { place: `${place}: stdout`, content: stdout() },
      { place: `${place}: stderr`, content: stderr() },
    ])
    return [...this.#kept, ...said]
  }

  /** Asks without following; headers and body of the answer are places of their own. */
  async ask(method: string, url: string, { headers = {}, body, as }: Sent = {}): Promise<Asked> {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    const place = as ?? placeOf(method, new URL(url).pathname)
    this.keep(`${place}: headers`, JSON.stringify([...response.headers]))
    this.keep(`${place}: body`, text)
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) }
  }

  /** Starts `tenantatlas …`, or another program of Node. */
  start(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    { place = `tenantatlas ${wordsOf(args)}`, file = program } = {},
  ) {
    const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const started = programOf(child, place)
    this.#programs.push({ place, program: started })
    return started
  }

  /** Runs it to its end, whatever that is; what takes long is left to the worker, as Ctrl-C does. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv, place?: string): Promise<Ran> {
    const started = this.start(args, env, place === undefined ? {} : { place })
    const impatience = setTimeout(() => started.child.kill('SIGINT'), longestMs)
    const exitCode = await started.exited
    clearTimeout(impatience)
    return { exitCode, stdout: started.stdout(), stderr: started.stderr() }
  }
}

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command without its arguments. */
function wordsOf(args: readonly string[]): string {
  return args
    .slice(0, 2)
    .filter((word) => /^[a-z]+$/.test(word))
    .join(' ')
}

function programOf(child: ChildProcess, place: string): Program {
  const said = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (said.stdout += chunk))
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (said.stderr += chunk))
  const exited = once(child, 'close').then(([code]) => code as number | null)
  const untilSaid = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const hear = () => {
        if (said.stderr.includes(text)) resolve(said.stderr)
      }
      child.stderr?.on('data', hear)
      void exited.then((code) => reject(new Error(`${place} ended with ${code}:\n${said.stderr}`)))
      hear()
    })
  return { child, exited, stdout: () => said.stdout, stderr: () => said.stderr, untilSaid }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
