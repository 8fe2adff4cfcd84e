import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { countOf } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { entryQueryOf, type EntryFilters, type EntryQuery } from '#entrypoints/cli/audit/entry-filters.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import { openSession, type Session } from '#entrypoints/cli/session.ts'

interface Options extends EntryFilters {
  checkpoints?: true
  file?: string
}

export const auditExport: Command<Options> = async (cli, _args, options) => {
  const session = await openSession(cli)
  const documents = options.checkpoints
    ? (await session.api.audit.checkpoints(session.at)).items
    : entriesOf(session, await entryQueryOf(cli, session, options))
  let lines = 0
  const counted = async function* () {
    for await (const document of documents) {
      lines += 1
      yield `${JSON.stringify(document)}\n`
    }
  }
  if (options.file === undefined) for await (const line of counted()) cli.terminal.data(line)
  else await writeNew(options.file, counted(), cli.signal)
  const what = options.checkpoints ? countOf(lines, 'checkpoint') : countOf(lines, 'entry', 'entries')
  cli.terminal.say(options.file === undefined ? `${what}.` : `${what} written to ${options.file}.`)
}

/** The oldest first; never more than a page in memory. */
async function* entriesOf({ api, at }: Session, query: EntryQuery): AsyncGenerator<object> {
  for (let after: number | null = 0; after !== null;) {
    const page: Awaited<ReturnType<Api['audit']['export']>> = await api.audit.export({ ...at, ...query, after })
    yield* page.items
    after = page.next
  }
}

/** Into a file that is not there yet, for its owner only. */
async function writeNew(file: string, lines: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(lines), createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EEXIST') throw new Failure('invalid_input', `${file} is there already: name another file.`)
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new Failure('invalid_input', `${file} cannot be written.`, { cause: error })
    throw error
  }
}
