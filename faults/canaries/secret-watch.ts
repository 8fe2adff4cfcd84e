/**
 * Watches what the cases on a stage leave for the stage's secrets: the logs of its processes, what they say, the database
 * with its log, and exports. What is found is of this case alone: secrets are random, and each place is read from where it
 * ended when the case began.
 */
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportPage } from '#domain/audit/export-entries.ts'
import type { Database, OpenDatabase } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { JournalEntry } from '../../simulator/control.ts'
import { Canaries } from './canary.ts'
import { dumpDatabase } from './dump-database.ts'
import { describeFinding, findCanaries, type Source } from './find-canaries.ts'

const exportedAtOnce = 1_000

/** Hears a process. */
export type Listener = Readonly<Record<'stdout' | 'stderr', (chunk: Buffer) => void>>

/** What was looked for in what a case left, and in how much of it. */
export interface Searched {
  readonly kinds: readonly string[]
  readonly bytes: number
}

interface Heard {
  readonly stdout: Buffer[]
  readonly stderr: Buffer[]
}

export class SecretWatch implements AsyncDisposable {
  readonly canaries = new Canaries()
  /** Where the processes of the stage log to. */
  readonly logFile: string
  readonly #folder: string
  readonly #database: OpenDatabase
  readonly #serverLog: string
  readonly #heard: Heard[] = []
  /** How much of each file is of earlier cases. */
  #before = { log: 0, serverLog: 0 }

  private constructor(database: OpenDatabase, { folder, serverLog }: { folder: string; serverLog: string }) {
    this.#database = database
    this.#folder = folder
    this.#serverLog = serverLog
    this.logFile = join(folder, 'log')
  }

  /** Knows the password in the database's address already. */
  static async open(database: OpenDatabase, url: string): Promise<SecretWatch> {
    const { rows } = await database.pool.query<{ data_directory: string }>('show data_directory')
    const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-watch-'))
    const watch = new SecretWatch(database, { folder, serverLog: join(rows[0]?.data_directory ?? '', '../server.log') })
    await writeFile(watch.logFile, '')
    watch.canaries.learn('password of the database', new URL(url).password)
    return watch
  }

  /** For one process: what it says is kept. */
  listen(): Listener {
    const heard: Heard = { stdout: [], stderr: [] }
    this.#heard.push(heard)
    return { stdout: (chunk) => heard.stdout.push(chunk), stderr: (chunk) => heard.stderr.push(chunk) }
  }

  /** What is there already is not the next case's. */
  async begin(): Promise<void> {
    for (const { stdout, stderr } of this.#heard) [stdout.length, stderr.length] = [0, 0]
    const [log, serverLog] = await Promise.all([stat(this.logFile), stat(this.#serverLog)])
    this.#before = { log: log.size, serverLog: serverLog.size }
  }

  /** Everything since then, and the rows of the workspace. */
  async sources(ctx: WorkspaceContext): Promise<Source[]> {
    const said = (stream: keyof Heard) => Buffer.concat(this.#heard.flatMap((heard) => heard[stream]))
    return [
      { place: 'stdout of processes', content: said('stdout') },
      { place: 'stderr of processes', content: said('stderr') },
      { place: 'log of processes', content: await readFrom(this.logFile, this.#before.log) },
      { place: 'log of PostgreSQL', content: await readFrom(this.#serverLog, this.#before.serverLog) },
      { place: 'export of the audit log', content: await exportOf(this.#database.db, ctx) },
      ...(await dumpDatabase(this.#database.pool, ctx.workspaceId)),
    ]
  }

  /** A sentence for each secret in each place. `journal`: what the case asked of Graph, for which it needed tokens. */
  async look(
    ctx: WorkspaceContext,
    journal: readonly JournalEntry[],
  ): Promise<Searched & { readonly leaks: readonly string[] }> {
    const sources = await this.sources(ctx)
    const kinds = [...new Set(this.canaries.all.map(({ name }) => name))]
    const isBlind = journal.some(({ kind }) => kind === 'request') && !kinds.includes('access token')
    return {
      leaks: [
        ...findCanaries(this.canaries.all, sources).map(describeFinding),
        ...(isBlind ? ['Graph was asked with tokens that nobody looked for'] : []),
      ],
      kinds,
      bytes: sources.reduce((sum, { content }) => sum + content.length, 0),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function readFrom(file: string, position: number): Promise<Buffer> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(Math.max(0, size - position)), position })
  return buffer.subarray(0, bytesRead)
}

/** As JSON lines, page by page. */
async function exportOf(db: Database, ctx: WorkspaceContext): Promise<string> {
  const lines: string[] = []
  for (let after = 0; ;) {
    const page = await exportPage(db, ctx, { query: {}, after, limit: exportedAtOnce })
    lines.push(...page.map((entry) => JSON.stringify(entry)))
    const last = page.at(-1)
    if (last === undefined || page.length < exportedAtOnce) return lines.join('\n')
    after = last.seq
  }
}
