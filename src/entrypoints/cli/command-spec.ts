import type { Command } from '#entrypoints/cli/cli.ts'

export interface OptionSpec {
  /** As commander reads it: `--reader-client-id <id>`. */
  readonly flags: string
  readonly description: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly isList?: true
}

/** One command as data: help, completion and dispatch are made of it. */
export interface CommandSpec {
  /** The verb, or the noun of a command without verbs, with its arguments: `show <tenant>`. */
  readonly usage: string
  readonly summary: string
  /** More than the summary says, for the help of this command. */
  readonly description?: string
  readonly arguments?: Readonly<Record<string, string>>
  readonly options?: readonly OptionSpec[]
  /** Whole command lines, the usual one first. */
  readonly examples: readonly string[]
  /** Loaded only when the command runs. */
  readonly load: () => Promise<Command<never>>
}

export interface NounSpec {
  readonly noun: string
  readonly summary: string
  readonly commands: readonly CommandSpec[]
}
