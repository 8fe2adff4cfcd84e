/**
 * How commands answer. A command hands over documents, the objects that JSON and YAML show as they are, and says how
 * they look to a person; the format option decides which of the two is written.
 */
import { Failure } from '#foundation/kernel/failure.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { toCsv } from '#entrypoints/cli/output/csv.ts'
import type { Format } from '#entrypoints/cli/output/formats.ts'
import { plain, renderTable } from '#entrypoints/cli/output/table.ts'
import type { Cell, Column } from '#entrypoints/cli/output/table.ts'
import type { Terminal } from '#entrypoints/cli/output/terminal.ts'
import { textWidth } from '#entrypoints/cli/output/text-width.ts'

export interface ListView<Doc> {
  readonly items: readonly Doc[]
  readonly columns: readonly Column<Doc>[]
  /** Said instead of an empty table, with the next command. */
  readonly empty: string
  /** Of a list in pages: where the next one begins, null on the last; JSON and YAML are then `{ items, nextCursor }`. */
  readonly nextCursor?: string | null | undefined
}

/** A name and a value, or null where a blank line groups them. */
export type Fact = readonly [label: string, value: Cell] | null

export interface DetailView<Doc extends object> {
  readonly document: Doc
  readonly facts: readonly Fact[]
  /** Tables and text below the facts, for people only. */
  readonly below?: (printer: Printer) => void
  /** The CSV, made with `csvOf`; by default the document's own scalar fields as one row. */
  readonly csv?: () => string
}

export interface Printer {
  readonly format: Format
  readonly isForPeople: boolean
  list<Doc extends object>(view: ListView<Doc>): Promise<void>
  detail<Doc extends object>(view: DetailView<Doc>): Promise<void>
  /** A table below something else, for people. */
  section<Doc>(title: string, columns: readonly Column<Doc>[], items: readonly Doc[]): void
  /** The title of text below something else, for people. */
  heading(title: string): void
  /** Text for people, on stdout. */
  text(line: string): void
}

export interface PrinterOptions {
  readonly terminal: Terminal
  readonly format: Format
  /** Keys of the columns wanted, for table and CSV. */
  readonly columns?: readonly string[] | undefined
}

export function createPrinter({ terminal, format, columns: wanted }: PrinterOptions): Printer {
  const isForPeople = format === 'table'
  const tableOf = <Doc>(columns: readonly Column<Doc>[], items: readonly Doc[]) =>
    renderTable(columns, items, {
      width: terminal.dataWidth,
      paint: (badge) => terminal.onData.badge(badge),
      heading: (text) => terminal.onData.paint('dim', text),
    })
  const printer: Printer = {
    format,
    isForPeople,
    async list({ items, columns: all, empty, nextCursor }) {
      const columns = chooseColumns(all, wanted)
      if (!isForPeople) return terminal.data(await serialize(format, { items, nextCursor }, columns))
      if (items.length === 0) return terminal.say(empty)
      terminal.data(tableOf(columns, items))
      if (typeof nextCursor === 'string') terminal.say(`There are more: the same command with --cursor ${nextCursor}`)
    },
    async detail(view) {
      if (format === 'csv') return terminal.data(csvOfDetail(view))
      if (!isForPeople) return terminal.data(await serializeOne(format, view.document))
      terminal.data(factLines(view.facts, terminal))
      view.below?.(printer)
    },
    section(title, columns, items) {
      if (items.length === 0) return
      terminal.data(`\n${terminal.onData.paint('bold', title)}\n${tableOf(columns, items)}`)
    },
    heading(title) {
      terminal.data(`\n${terminal.onData.paint('bold', title)}\n`)
    },
    text(line) {
      terminal.data(`${line}\n`)
    },
  }
  return printer
}

function chooseColumns<Doc>(
  columns: readonly Column<Doc>[],
  wanted: readonly string[] | undefined,
): readonly Column<Doc>[] {
  if (wanted === undefined) return columns
  return wanted.map((key) => {
    const column = columns.find((candidate) => candidate.key === key)
    if (column !== undefined) return { ...column, isMinor: false }
    const keys = columns.map((candidate) => candidate.key)
    throw new Failure(
      'invalid_input',
      `There is no column "${key}"; there are ${keys.join(', ')}.${didYouMean(key, keys)}`,
    )
  })
}

async function serialize<Doc extends object>(
  format: Format,
  { items, nextCursor }: Pick<ListView<Doc>, 'items' | 'nextCursor'>,
  columns: readonly Column<Doc>[],
): Promise<string> {
  if (format === 'jsonl') return items.map((item) => `${JSON.stringify(item)}\n`).join('')
  if (format === 'csv') return csvOf(columns, items)
  return serializeOne(format, nextCursor === undefined ? items : { items, nextCursor })
}

async function serializeOne(format: Format, document: object): Promise<string> {
  if (format === 'jsonl') return `${JSON.stringify(document)}\n`
  if (format !== 'yaml') return `${JSON.stringify(document, null, 2)}\n`
  const { stringify } = await import('yaml')
  // Through JSON first, so that dates and undefined members are what JSON shows.
  return stringify(JSON.parse(JSON.stringify(document)))
}

/** Items as CSV, the keys of the columns as header. */
export function csvOf<Doc>(columns: readonly Column<Doc>[], items: readonly Doc[]): string {
  const rows = items.map((item) => columns.map((column) => column.csv?.(item) ?? plain(column.cell(item))))
  return toCsv(
    columns.map((column) => column.key),
    rows,
  )
}

function csvOfDetail<Doc extends object>({ document, csv }: DetailView<Doc>): string {
  if (csv !== undefined) return csv()
  const scalars = Object.entries(document).filter(([, value]) => typeof value !== 'object' || value === null)
  return toCsv(
    scalars.map(([key]) => key),
    [scalars.map(([, value]) => (value === null ? '' : String(value)))],
  )
}

function factLines(facts: readonly Fact[], terminal: Terminal): string {
  const labelWidth = Math.max(0, ...facts.map((fact) => (fact === null ? 0 : textWidth(fact[0]))))
  return facts
    .map((fact) => {
      if (fact === null) return '\n'
      const [label, value] = fact
      const shown = typeof value === 'string' ? plain(value) : terminal.onData.badge(value)
      return `${terminal.onData.paint('dim', label)}${' '.repeat(labelWidth - textWidth(label) + 2)}${shown}\n`
    })
    .join('')
}
