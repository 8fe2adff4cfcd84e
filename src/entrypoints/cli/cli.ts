/**
 * What every command gets: the options all commands share, a place to write, the signal of Ctrl-C. Nothing is opened
 * before a command asks for it, so that help and completion start fast.
 */
import type { Config } from '#foundation/config/config.ts'
import type { EntraConfig } from '#foundation/config/entra-config.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { Database, OpenDatabase } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { RateLimit } from '#entrypoints/http/api/rate-limit.ts'
import type { Format } from '#entrypoints/cli/output/formats.ts'
import type { Printer } from '#entrypoints/cli/output/print.ts'
import type { Terminal } from '#entrypoints/cli/output/terminal.ts'

export interface GlobalOptions {
  readonly output: Format
  /** Which server to talk to. */
  readonly profile?: string
  readonly workspace?: string
  readonly tenant?: string
  readonly columns?: readonly string[]
  /** False: `--no-input`. Commands that would ask refuse instead. */
  readonly input: boolean
  /** False: `--no-wait`. A start answers with the run's id. */
  readonly wait: boolean
  readonly yes?: true
}

/** The composed program over one database: what commands work with. Disposing closes what it opened. */
export interface Product extends AsyncDisposable {
  readonly database: OpenDatabase
  readonly db: Database
  /** Opens nothing unless `doesWork`: the private keys are not for commands and pages. */
  readonly opener: Opener
  readonly log: Log
  readonly notify: Config['notify']
  /** Works on queued runs until the signal aborts, then resolves once drained. `solo`: no other worker shares the database. */
  work(options: { readonly slots?: number; readonly signal: AbortSignal; readonly solo?: boolean }): Promise<void>
  /**
   * Serves API, sign-in and page on this machine until disposed. `entra`: where people sign in, when the configuration
   * names nothing. `limit`: how fast the API may be asked, default the usual rates. Rejects with a `Failure` when the port is in use.
   */
  serve(options: {
    readonly port: number
    readonly entra?: EntraConfig | undefined
    /** Of a simulated cloud that was started here. */
    readonly graphHosts?: readonly string[]
    readonly limit?: RateLimit
  }): Promise<{ readonly url: string; readonly localUrl: string } & AsyncDisposable>
  /**
   * Collects metrics and serves them with the health of this process until disposed; undefined when they are off, or
   * when another program has the port that nobody chose. Rejects with a `Failure` when it has the one somebody chose.
   */
  serveMetrics(options: {
    readonly stopping: AbortSignal
  }): Promise<({ readonly url: string } & AsyncDisposable) | undefined>
}

export interface ComposeOptions {
  readonly databaseUrl: string
  readonly applicationName: string
  readonly poolSize: number
  /**
   * Runs will be worked on: under the database role for that, with the private keys of credentials, and with statements
   * that may take longer than one somebody waits for. Default false.
   */
  readonly doesWork?: boolean
}

export type Compose = (config: Config, options: ComposeOptions) => Promise<Product>

export interface Cli {
  readonly options: GlobalOptions
  readonly terminal: Terminal
  readonly printer: Printer
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** The configuration; rejects with a `Failure` that names every mistake in it. */
  config(): Promise<Config>
  readonly compose: Compose
}

/** A command: takes its own arguments and options as commander read them, resolves to the exit code (nothing: 0). */
export type Command<Options = object> = (cli: Cli, args: readonly string[], options: Options) => Promise<number | void>

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  signIn: 4,
  partial: 5,
  approval: 6,
  differences: 10,
  interrupted: 130,
} as const
