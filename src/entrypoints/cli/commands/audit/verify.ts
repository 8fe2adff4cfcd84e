import { readFile } from 'node:fs/promises'
import type { AuditReport } from '#contract/audit-report.ts'
import { countOf } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { exitCodes, type Cli, type Command } from '#entrypoints/cli/cli.ts'
import { readCheckpoints } from '#entrypoints/cli/audit/read-checkpoints.ts'
import { readPublicKeys } from '#entrypoints/cli/audit/read-public-keys.ts'
import { verifyLog } from '#entrypoints/cli/audit/verify-log.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Fact } from '#entrypoints/cli/output/print.ts'
import { progressLine } from '#entrypoints/cli/output/progress-line.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  checkpoint?: string[]
  publicKey?: string[]
}

export const auditVerify: Command<Options> = async (cli, _args, options) => {
  const publicKeys = options.publicKey && (await eachFile(options.publicKey, readPublicKeys))
  const all = await eachFile(options.checkpoint ?? [], readCheckpoints)
  const session = await openSession(cli)
  const kept = all.filter(({ workspaceId }) => workspaceId === session.workspace.id)
  if (options.checkpoint !== undefined && kept.length === 0)
    throw new Failure('invalid_input', `${options.checkpoint.join(', ')} has no checkpoint of this workspace.`)
  const report = await verifyLog(session, { publicKeys, kept, onProgress: progressOf(cli) })
  cli.terminal.rewrite('')
  await printReport(cli, report)
  return report.problemCount === 0 ? exitCodes.ok : exitCodes.failed
}

async function eachFile<T>(files: readonly string[], read: (text: string, file: string) => T[]): Promise<T[]> {
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await textOf(file) })))
  return texts.flatMap(({ file, text }) => read(text, file))
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure('invalid_input', `${file} cannot be read.`, { cause })
  })
}

/** Only a terminal is told: to a log, the report says it all. */
function progressOf({ terminal }: Cli) {
  const beganAt = performance.now()
  return ({ done, total }: { readonly done: number; readonly total: number }) => {
    if (!terminal.isInteractive) return
    const state = { label: 'audit log', status: 'running', processed: done, total, step: '' }
    terminal.rewrite(progressLine({ ...state, elapsedMs: performance.now() - beganAt }, terminal.messageWidth))
  }
}

async function printReport(cli: Cli, report: AuditReport): Promise<void> {
  const { problems, problemCount } = report
  await cli.printer.detail({
    document: report,
    facts: factsOf(report),
    below: (printer) => printer.section('What is wrong', problemColumns, problems),
  })
  if (problemCount > problems.length) cli.terminal.say(`And ${count(problemCount - problems.length)} more.`)
  if (problemCount > 0)
    cli.terminal.say(
      'Somebody changed the audit log, or it was damaged: keep the database as it is, and see docs/audit.md.',
    )
}

function factsOf({ entries, firstSeq, lastSeq, removedUpTo, checkpoints, problemCount }: AuditReport): Fact[] {
  const { checked, newest } = checkpoints
  return [
    ['Result', problemCount === 0 ? 'whole' : countOf(problemCount, 'problem')],
    ['Entries', firstSeq === null ? count(entries) : `${count(entries)}, no ${firstSeq} to ${lastSeq ?? firstSeq}`],
    ...(removedUpTo > 0 ? [['Removed', `up to no ${removedUpTo}, by retention`] as const] : []),
    ['Checkpoints', count(checked)],
    [
      'Signed',
      newest === null ? 'not yet: a worker signs within an hour' : `up to no ${newest.seq}, ${ago(newest.at)}`,
    ],
  ]
}

const problemColumns: readonly Column<AuditReport['problems'][number]>[] = [
  { key: 'seq', header: 'NO', keepsWidth: true, cell: ({ seq }) => String(seq) },
  { key: 'kind', header: 'KIND', keepsWidth: true, cell: ({ kind }) => kind },
  { key: 'message', header: 'WHAT', keepsWidth: true, cell: ({ message }) => message },
]
