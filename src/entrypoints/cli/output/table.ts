import type { Badge } from '#contract/badges.ts'
import { oneLine, textWidth, truncate } from '#entrypoints/cli/output/text-width.ts'

export type Cell = string | Badge

/** One column of a table and of CSV; `key` is what `--columns` names. */
export interface Column<Row> {
  readonly key: string
  readonly header: string
  readonly align?: 'right'
  /** Shortened last on a narrow terminal; other columns give way first. */
  readonly keepsWidth?: boolean
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

/** Rows in aligned columns, no wider than the terminal. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
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

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ header }, index) => {
    const widest = cells.reduce((width, row) => Math.max(width, textWidth(plain(row[index] ?? ''))), 0)
    return Math.max(textWidth(header), widest)
  })
}

/** Narrows the widest columns until the line fits, those that keep their width last. */
function fit<Row>(columns: readonly Column<Row>[], natural: readonly number[], lineWidth: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - lineWidth
  for (const mayNarrow of [columns.map((column) => column.keepsWidth !== true), columns.map(() => true)]) {
    while (excess > 0) {
      const index = widest(widths, mayNarrow)
      if (index === undefined) break
      widths[index] = (widths[index] ?? 0) - 1
      excess -= 1
    }
  }
  return widths
}

function widest(widths: readonly number[], mayNarrow: readonly boolean[]): number | undefined {
  let found: number | undefined
  widths.forEach((width, index) => {
    if (mayNarrow[index] && width > narrowest && width > (found === undefined ? 0 : (widths[found] ?? 0))) found = index
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
    const text = truncate(plain(cell), width)
    const room = ' '.repeat(Math.max(0, width - textWidth(text)))
    const shown = typeof cell === 'string' ? text : paint({ word: text, tone: cell.tone })
    return columns[index]?.align === 'right' ? room + shown : shown + room
  })
  return parts.join(gap).trimEnd()
}

export function plain(cell: Cell): string {
  return typeof cell === 'string' ? oneLine(cell) : cell.word
}
