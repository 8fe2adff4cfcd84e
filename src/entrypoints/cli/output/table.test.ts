import { describe, expect, test } from 'vitest'
import { renderTable } from '#entrypoints/cli/output/table.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

interface Row {
  name: string
  count: number
}

const columns: readonly Column<Row>[] = [
  { key: 'name', header: 'NAME', cell: (row) => row.name },
  { key: 'count', header: 'COUNT', align: 'right', cell: (row) => String(row.count) },
  { key: 'state', header: 'STATE', keepsWidth: true, cell: () => ({ word: 'Succeeded', tone: 'success' }) },
]
const rows = [
  { name: 'Windows 11 security baseline for everybody', count: 12 },
  { name: '東京', count: 1204 },
]
const style = {
  width: Number.POSITIVE_INFINITY,
  paint: ({ word }: { word: string }) => word,
  heading: (text: string) => text,
}

const id = '01993c5e-7f10-7000-8000-9b1c2d3e4f50'
const idRows = [{ name: 'Inventory sync of a tenant', state: 'Partially succeeded', by: 'Ada Moreau', id }]
const idColumns: readonly Column<(typeof idRows)[number]>[] = [
  { key: 'name', header: 'NAME', cell: (row) => row.name },
  { key: 'state', header: 'STATE', keepsWidth: true, cell: (row) => row.state },
  { key: 'took', header: 'TOOK', isMinor: true, cell: () => '12 s' },
  { key: 'by', header: 'BY', isMinor: true, cell: (row) => row.by },
  { key: 'id', header: 'ID', isId: true, cell: (row) => row.id },
]

describe('renderTable()', () => {
  test.each([
    [80, 'Inventory syn…  Partially succeeded  12 s  Ada Moreau  …0-7000-8000-9b1c2d3e4f50'],
    [50, 'Invento…  Partially succeeded  12 s  …9b1c2d3e4f50'],
    [20, 'Invento…  Partial…  …9b1c2d3e4f50'],
  ])('leaves minor columns out and keeps the end of an id at %d columns', (width, row) => {
    expect(renderTable(idColumns, idRows, { ...style, width }).split('\n')[1]).toBe(row)
  })

  test('aligns columns, numbers to the right, wide characters included', () => {
    expect(renderTable(columns, rows, style)).toBe(
      [
        'NAME                                        COUNT  STATE\n',
        'Windows 11 security baseline for everybody     12  Succeeded\n',
        '東京                                         1204  Succeeded\n',
      ].join(''),
    )
  })

  test('cuts the widest column on a narrow terminal, with an ellipsis', () => {
    expect(renderTable(columns, rows, { ...style, width: 34 })).toBe(
      [
        'NAME              COUNT  STATE\n',
        'Windows 11 secu…     12  Succeeded\n',
        '東京               1204  Succeeded\n',
      ].join(''),
    )
  })

  test('cuts before it colours, so that colours always end', () => {
    const painted = renderTable(columns, rows, { ...style, width: 20, paint: ({ word }) => `<${word}>` })
    expect(painted).toContain('<Succeed…>')
  })

  test('keeps a hostile name from steering the terminal', () => {
    expect(renderTable(columns, [{ name: '\u001b[2Jx\ny', count: 1 }], style)).not.toContain('\u001b')
  })
})
