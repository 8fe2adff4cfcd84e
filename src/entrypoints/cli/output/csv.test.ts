import { describe, expect, test } from 'vitest'
import { toCsv } from '#entrypoints/cli/output/csv.ts'

describe('toCsv()', () => {
  test('quotes what needs it', () => {
    expect(toCsv(['name', 'note'], [['a "b"', 'x, y\nz']])).toBe('name,note\r\n"a ""b""","x, y\nz"\r\n')
  })

  test.each(['=1+1', '+1+1', '-cmd', '@SUM(A1)', '\tx'])('makes text of %j, which a spreadsheet would run', (text) => {
    expect(toCsv(['v'], [[text]])).toBe(`v\r\n'${text}\r\n`)
  })

  test('leaves negative numbers alone', () => {
    expect(toCsv(['v'], [['-12.5']])).toBe('v\r\n-12.5\r\n')
  })
})
