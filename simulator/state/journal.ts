/**
 * The witness: an append-only file of JSON lines with every request, token, fault and applied change. They reach the
 * operating system before the answer leaves, so killing the simulator loses nothing that a client was told.
 * The file is the only copy: reading goes to it through an index of line positions.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import type { AppliedChange } from './change.ts'

export interface JournalEntry {
  /** Counts from 1 without gaps. */
  readonly seq: number
  /** When it arrived or happened, by the simulator's clock. */
  readonly at: string
  readonly kind: 'start' | 'request' | 'token' | 'fault' | 'change' | 'control'
  readonly tenant: string | null
  /** Client id of the app; null for the portal and the control API. */
  readonly app: string | null
  readonly method?: string
  /** With the version, without the query. */
  readonly path?: string
  readonly query?: string
  /** The answer's status; null when the connection was cut instead. */
  readonly status?: number | null
  readonly requestId?: string
  readonly clientRequestId?: string
  /** On the parts of a `$batch`: the `requestId` of the batch. */
  readonly batchId?: string
  /** On a `$batch`: how many parts it had. */
  readonly batchSize?: number
  /** Id of the fault that took part. */
  readonly fault?: string
  /** Why a token was refused, e.g. `AADSTS7000215`. */
  readonly error?: string
  readonly change?: AppliedChange
  readonly detail?: Readonly<Record<string, unknown>>
}

export type NewEntry = Omit<JournalEntry, 'seq' | 'at'> & { readonly at?: number }

export interface Journal {
  readonly path: string
  append(entry: NewEntry): void
  /** Hands what was appended to the operating system; whoever answers does so before the answer leaves. */
  flush(): void
  /** Entries with `seq` above `after`, in order. */
  read(options: { after: number; limit: number; tenant?: string | undefined }): {
    entries: JournalEntry[]
    last: number
  }
  close(): void
}

/** Lines read at once, so that nobody holds a large journal in memory. */
const linesAtOnce = 2000

/** Reads what an earlier process journaled, entry by entry: whole lines only, a torn last line is left out. */
export function* readJournalFile(path: string): Generator<JournalEntry> {
  if (!existsSync(path)) return
  const file = openSync(path, 'r')
  try {
    const lineEnds = indexLines(file)
    for (let first = 0; first < lineEnds.length; first += linesAtOnce) {
      const last = Math.min(first + linesAtOnce, lineEnds.length)
      const text = readText(file, lineEnds[first - 1] ?? 0, lineEnds[last - 1] ?? 0)
      for (const [index, line] of text.trimEnd().split('\n').entries()) yield parseLine(path, line, first + index + 1)
    }
  } finally {
    closeSync(file)
  }
}

function parseLine(path: string, line: string, number: number): JournalEntry {
  try {
    return JSON.parse(line) as JournalEntry
  } catch (cause) {
    throw new Error(`${path} is not a simulator journal: line ${number} is not JSON. Name another file.`, { cause })
  }
}

/** Opens the journal at `path` for appending after what is already in it. */
export function openJournal(path: string, now: () => number): Journal {
  const file = openSync(path, 'a+', 0o600)
  const lineEnds = indexLines(file)
  let size = lineEnds.at(-1) ?? 0
  ftruncateSync(file, size)
  let buffer: string[] = []
  let isOpen = true

  function flush(): void {
    if (buffer.length === 0 || !isOpen) return
    const text = buffer.join('')
    buffer = []
    writeSync(file, text)
  }

  return {
    path,
    append({ at, ...entry }) {
      const line = `${JSON.stringify({ seq: lineEnds.length + 1, at: new Date(at ?? now()).toISOString(), ...entry })}\n`
      buffer.push(line)
      size += Buffer.byteLength(line)
      lineEnds.push(size)
    },
    flush,
    read({ after, limit, tenant }) {
      flush()
      return readEntries(file, lineEnds, { after, limit, tenant })
    },
    close() {
      flush()
      isOpen = false
      closeSync(file)
    },
  }
}

interface ReadOptions {
  readonly after: number
  readonly limit: number
  readonly tenant: string | undefined
}

function readEntries(file: number, lineEnds: readonly number[], { after, limit, tenant }: ReadOptions) {
  const entries: JournalEntry[] = []
  let last = Math.min(after, lineEnds.length)
  while (entries.length < limit && last < lineEnds.length) {
    const until = Math.min(last + linesAtOnce, lineEnds.length)
    for (const entry of readLines(file, lineEnds[last - 1] ?? 0, lineEnds[until - 1] ?? 0)) {
      if (entries.length === limit) break
      last = entry.seq
      if (tenant === undefined || entry.tenant === tenant) entries.push(entry)
    }
  }
  return { entries, last }
}

function readLines(file: number, from: number, to: number): JournalEntry[] {
  const lines = readText(file, from, to).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as JournalEntry)
}

function readText(file: number, from: number, to: number): string {
  const bytes = Buffer.alloc(to - from)
  let got = 0
  while (got < bytes.length) {
    const read = readSync(file, bytes, got, bytes.length - got, from + got)
    if (read === 0) break
    got += read
  }
  return bytes.toString('utf8', 0, got)
}

function indexLines(file: number): number[] {
  const ends: number[] = []
  const chunk = Buffer.alloc(1024 * 1024)
  const total = fstatSync(file).size
  for (let position = 0; position < total;) {
    const read = readSync(file, chunk, 0, chunk.length, position)
    if (read === 0) break
    for (let at = chunk.indexOf(10); at !== -1 && at < read; at = chunk.indexOf(10, at + 1))
      ends.push(position + at + 1)
    position += read
  }
  return ends
}
