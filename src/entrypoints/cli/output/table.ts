import type { Badge } from '#contract/badges.ts'
import { oneLine, textWidth, truncate, truncateId } from '#entrypoints/cli/output/text-width.ts'

export type Cell = string | Badge

/** One column of a table and of CSV; `key` is what `--columns` names. */
export interface Column<Row> {
  readonly key: string
  readonly header: string
  readonly align?: 'right'
  /** Shortened last on a narrow terminal; other columns give way first. */
  readonly keepsWidth?: boolean
  /** An id: shortened at its beginning, and never below its last twelve characters, which commands take for it. */
  readonly isId?: boolean
  /** Left out where the terminal is too narrow for all columns, the rightmost first. */
  readonly isMinor?: boolean
  readonly cell: (row: Row) => Cell
  /** The whole value for CSV, where the table shows a shorter one. */
  readonly csv?: (row: Row) => string
}

export interface TableStyle {
  /** Columns of the terminal; infinite where nothing shall be cut. */
  readonly width: number
  readonly paint: (badge: Badge) => string
  readonly heading: (text: string) => string
}

const gap = '  '
const narrowest = 8
const comfortable = 14
const narrowestId = 13

/** Rows in aligned columns, no wider than the terminal. */
export function renderTable<Row>(all: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string {
  const columns = withoutWhatHasNoRoom(all, rows, style.width)
  const cells = cellsOf(columns, rows)
  const widths = fit(columns, naturalWidths(columns, cells), style.width)
  const lines = cells.map((row) => line(columns, row, widths, style.paint))
  const header = line(
    columns,
    columns.map(({ header }) => header),
    widths,
    style.paint,
  )
  return [style.heading(header), ...lines].map((text) => `${text}\n`).join('')
}

function cellsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Cell[][] {
  return rows.map((row) => columns.map((column) => column.cell(row)))
}

/** Leaves out minor columns until the others fit at their narrowest. */
function withoutWhatHasNoRoom<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  lineWidth: number,
): readonly Column<Row>[] {
  const natural = naturalWidths(columns, cellsOf(columns, rows))
  const least = columns.map((column, index) => Math.min(natural[index] ?? 0, leastWidth(column)))
  const left = columns.map((column, index) => ({ column, width: least[index] ?? 0 }))
  while (left.reduce((sum, { width }) => sum + width, gap.length * (left.length - 1)) > lineWidth) {
    const index = left.findLastIndex(({ column }) => column.isMinor)
    if (index === -1) break
    left.splice(index, 1)
  }
  return left.map(({ column }) => column)
}

function leastWidth<Row>({ isId, keepsWidth }: Column<Row>): number {
  if (isId) return narrowestId
  return keepsWidth ? Number.POSITIVE_INFINITY : narrowest
}

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ header }, index) => {
    const widest = cells.reduce((width, row) => Math.max(width, textWidth(plain(row[index] ?? ''))), 0)
    return Math.max(textWidth(header), widest)
  })
}

/** Narrows the widest columns until the line fits: text to a comfortable width, ids, text further, the rest. */
function fit<Row>(columns: readonly Column<Row>[], natural: readonly number[], lineWidth: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - lineWidth
  const isText = ({ isId, keepsWidth }: Column<Row>) => !isId && !keepsWidth
  const steps = [
    { mayNarrow: columns.map(isText), floor: comfortable },
    { mayNarrow: columns.map(({ isId }) => isId === true), floor: narrowestId },
    { mayNarrow: columns.map(isText), floor: narrowest },
    { mayNarrow: columns.map(({ isId }) => !isId), floor: narrowest },
  ]
  for (const step of steps) {
    while (excess > 0) {
      const index = widest(widths, step)
      if (index === undefined) break
      widths[index] = (widths[index] ?? 0) - 1
      excess -= 1
    }
  }
  return widths
}

function widest(
  widths: readonly number[],
  { mayNarrow, floor }: { readonly mayNarrow: readonly boolean[]; readonly floor: number },
): number | undefined {
  let found: number | undefined
  widths.forEach((width, index) => {
    if (mayNarrow[index] && width > floor && width > (found === undefined ? 0 : (widths[found] ?? 0))) found = index
  })
  return found
}

function line<Row>(
  columns: readonly Column<Row>[],
  cells: readonly Cell[],
  widths: readonly number[],
  paint: (badge: Badge) => string,
): string {
  const parts = cells.map((cell, index) => {
    const width = widths[index] ?? 0
    const text = (columns[index]?.isId ? truncateId : truncate)(plain(cell), width)
    const room = ' '.repeat(Math.max(0, width - textWidth(text)))
    const shown = typeof cell === 'string' ? text : paint({ word: text, tone: cell.tone })
    return columns[index]?.align === 'right' ? room + shown : shown + room
  })
  return parts.join(gap).trimEnd()
}

export function plain(cell: Cell): string {
  return typeof cell === 'string' ? oneLine(cell) : cell.word
}
