import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { countOf } from '#contract/moments.ts'
import { exportEntries } from '#domain/audit/export-entries.ts'
import { listCheckpoints } from '#domain/audit/list-checkpoints.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { entryQueryOf, type EntryFilters } from '#entrypoints/cli/audit/entry-filters.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { openSession, type Session } from '#entrypoints/cli/session.ts'

interface Options extends EntryFilters {
  checkpoints?: true
  file?: string
}

export const auditExport: Command<Options> = async (cli, _args, options) => {
  await using session = await openSession(cli)
  let lines = 0
  const counted = async function* () {
    for await (const document of await documentsOf(cli, session, options)) {
      lines += 1
      yield `${JSON.stringify(document)}\n`
    }
  }
  if (options.file === undefined) for await (const line of counted()) cli.terminal.data(line)
  else await writeNew(options.file, counted(), cli.signal)
  const what = options.checkpoints ? countOf(lines, 'checkpoint') : countOf(lines, 'entry', 'entries')
  cli.terminal.say(options.file === undefined ? `${what}.` : `${what} written to ${options.file}.`)
}

async function documentsOf(
  cli: Cli,
  session: Session,
  options: Options,
): Promise<AsyncIterable<object> | Iterable<object>> {
  const { db } = session.product
  if (options.checkpoints) return listCheckpoints(db, session.ctx)
  return exportEntries(db, session.ctx, await entryQueryOf(cli, session, options))
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
