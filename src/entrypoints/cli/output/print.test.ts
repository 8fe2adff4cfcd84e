import { describe, expect, test } from 'vitest'
import { createPrinter } from '#entrypoints/cli/output/print.ts'
import type { Format } from '#entrypoints/cli/output/formats.ts'
import { createTerminal } from '#entrypoints/cli/output/terminal.ts'

interface Doc {
  name: string
  at: string | null
}

const view = {
  items: [{ name: 'Contoso, Ltd', at: null }] satisfies Doc[],
  columns: [
    { key: 'name', header: 'NAME', cell: (doc: Doc) => doc.name },
    { key: 'at', header: 'AT', cell: (doc: Doc) => doc.at ?? 'never', csv: (doc: Doc) => doc.at ?? '' },
  ],
  empty: 'No tenant yet; add one with `tenantatlas tenant add`.',
}

function capture(format: Format, options: { columns?: string[]; isTTY?: boolean } = {}) {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: options.isTTY,
    columns: 80,
    write: (text: string) => (written[name] += text),
  })
  const terminal = createTerminal({ stdout: stream('stdout'), stderr: stream('stderr'), env: {}, color: true })
  return { written, printer: createPrinter({ terminal, format, columns: options.columns }) }
}

describe('createPrinter().list', () => {
  test.each([
    ['table', 'NAME          AT\nContoso, Ltd  never\n'],
    ['json', '[\n  {\n    "name": "Contoso, Ltd",\n    "at": null\n  }\n]\n'],
    ['jsonl', '{"name":"Contoso, Ltd","at":null}\n'],
    ['yaml', '- name: Contoso, Ltd\n  at: null\n'],
    ['csv', 'name,at\r\n"Contoso, Ltd",\r\n'],
  ] as const)('writes %s', async (format, expected) => {
    const { printer, written } = capture(format)
    await printer.list(view)
    expect(written).toEqual({ stdout: expected, stderr: '' })
  })

  test('of nothing is an empty array for programs and a sentence for people', async () => {
    const forPrograms = capture('json')
    await forPrograms.printer.list({ ...view, items: [] })
    expect(forPrograms.written).toEqual({ stdout: '[]\n', stderr: '' })
    const forPeople = capture('table')
    await forPeople.printer.list({ ...view, items: [] })
    expect(forPeople.written).toEqual({ stdout: '', stderr: `${view.empty}\n` })
  })

  test('shows the columns asked for and refuses one that is not there', async () => {
    const { printer, written } = capture('csv', { columns: ['at'] })
    await printer.list(view)
    expect(written.stdout).toBe('at\r\n\r\n')
    await expect(capture('csv', { columns: ['nam'] }).printer.list(view)).rejects.toThrow('Did you mean "name"?')
  })

  test('colours only a terminal', async () => {
    const badge = {
      ...view,
      columns: [{ key: 's', header: 'S', cell: () => ({ word: 'Failed', tone: 'danger' as const }) }],
    }
    const piped = capture('table')
    await piped.printer.list(badge)
    expect(piped.written.stdout).not.toContain('\u001b')
    const shown = capture('table', { isTTY: true })
    await shown.printer.list(badge)
    expect(shown.written.stdout).toContain('\u001b[31mFailed\u001b[39m')
  })
})
