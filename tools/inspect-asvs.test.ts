import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requirementsSchema, tableSchema, type Requirements, type Row } from './asvs-table.ts'
import { withSummary } from './asvs-summary.ts'
import { inspectAsvs } from './inspect-asvs.ts'

const standard = 'ASVS'
const requirements: Requirements = {
  standard,
  levels: { '1.1.1': 1, '1.1.2': 2, '1.1.3': 3, '1.1.4': 3 },
  alsoAssessed: ['1.1.3'],
}
const met: Row = {
  id: '1.1.1',
  level: 1,
  words: 'Doors are shut',
  state: 'met',
  how: 'They fall shut by themselves.',
  evidence: ['doors.test.ts :: a door shuts', 'page.md#our-doors', 'doors.ts'],
}
const whole: readonly Row[] = [
  met,
  { ...met, id: '1.1.2', level: 2, state: 'not_applicable', how: 'No windows.', evidence: [] },
  { ...met, id: '1.1.3', level: 3, state: 'open', how: 'Nobody asked.', evidence: [] },
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantatlas-asvs-'))
  await writeFile(join(folder, 'doors.ts'), '')
  await writeFile(join(folder, 'doors.test.ts'), "test('a door shuts', () => {})\n// test of a window\n")
  await writeFile(join(folder, 'page.md'), '# Our doors\n')
})
afterAll(() => rm(folder, { recursive: true }))

async function problemsOf(rows: readonly unknown[], part: 'form' | 'goals' = 'form'): Promise<readonly string[]> {
  const inspected = await inspectAsvs({ standard, rows }, requirements, folder)
  return inspected[part].flatMap(({ problems }) => problems)
}
const withFirst = (change: Readonly<Record<string, unknown>>) => [{ ...met, ...change }, ...whole.slice(1)]

describe('inspectAsvs()', () => {
  test('has nothing against a table that is whole', async () => {
    expect(await problemsOf(whole)).toEqual([])
    expect(await problemsOf(whole, 'goals')).toEqual([])
  })

  test('finds a requirement that is missing, one that is there twice, and one that nobody asked for', async () => {
    expect(await problemsOf(whole.slice(1))).toEqual(['1.1.1 is missing.'])
    expect(await problemsOf(whole.slice(0, 2))).toEqual(['1.1.3 is missing.'])
    expect(await problemsOf([...whole, met])).toEqual(['1.1.1 is there twice.'])
    const other = { ...met, id: '1.1.4', level: 3 }
    expect(await problemsOf([...whole, other])).toEqual(['1.1.4 is none of the requirements assessed.'])
  })

  test('finds a requirement at another level, where fewer would be asked of it', async () => {
    expect(await problemsOf(withFirst({ level: 3 }))).toEqual(['1.1.1 is of another level.'])
  })

  test('finds a table of another edition', async () => {
    const { form } = await inspectAsvs({ standard: 'older', rows: whole }, requirements, folder)
    expect(form.flatMap(({ problems }) => problems)).toEqual(['The table is of older, the list of ASVS.'])
  })

  test.each([
    ['a state that is none', { state: 'done' }, /^1\.1\.1: state /],
    ['no state', { state: undefined }, /^1\.1\.1: state /],
    ['no reason', { how: '' }, /^1\.1\.1: how /],
    ['more words than a paraphrase has', { words: 'word '.repeat(13).trim() }, /^1\.1\.1: words /],
    ['a member nobody knows', { note: 'x' }, /^1\.1\.1: .*note/],
  ])('finds a row with %s', async (_name, change, said) => {
    const problems = await problemsOf(withFirst(change))
    expect(problems.filter((problem) => said.test(problem)).length).toBeGreaterThan(0)
  })

  test.each([
    ['gone.test.ts', 'there is no such file.'],
    ['../doors.ts', 'there is no such file.'],
    ['page.md#gone', 'there is no such heading.'],
    ['doors.ts#our-doors', 'there is no such heading.'],
    ['doors.test.ts :: a door', 'there is no such test.'],
    ['doors.test.ts :: test of a window', 'there is no such test.'],
  ])('finds evidence that leads nowhere: %s', async (link, said) => {
    expect(await problemsOf(withFirst({ evidence: ['page.md', link] }))).toEqual([`1.1.1: ${link}: ${said}`])
  })

  test('finds what is met without a test or a document', async () => {
    for (const evidence of [[], ['doors.ts']])
      expect(await problemsOf(withFirst({ evidence }))).toEqual(['1.1.1: is met without a test or a document.'])
  })

  test('says what is open of level 1, and when too little is met', async () => {
    const open = { ...met, state: 'open', how: 'One is ajar.' }
    expect(await problemsOf([open, ...whole.slice(1)], 'goals')).toEqual(['1.1.1 Doors are shut: One is ajar.'])
    const half = [met, { ...open, id: '1.1.2', level: 2 }, ...whole.slice(2)]
    expect(await problemsOf(half, 'goals')).toEqual(['1.1.2 Doors are shut: One is ajar.'])
  })
})

test('the table of this project is whole, its evidence is there, and its page has its counts', async () => {
  const root = join(import.meta.dirname, '..')
  const read = (path: string) => readFile(join(root, path), 'utf8')
  const table = tableSchema.parse(JSON.parse(await read('docs/asvs.json')))
  const known = requirementsSchema.parse(JSON.parse(await read('tools/asvs-requirements.json')))
  const { form, rows } = await inspectAsvs(table, known, root)
  expect(form.flatMap(({ problems }) => problems)).toEqual([])
  const page = await read('docs/asvs.md')
  expect(withSummary(page, rows)).toBe(page)
})

test('the list of requirements is that of 5.0.0: 70 of level 1, 183 of level 2, 92 of level 3', async () => {
  const text = await readFile(join(import.meta.dirname, 'asvs-requirements.json'), 'utf8')
  const levels = Object.values(requirementsSchema.parse(JSON.parse(text)).levels)
  expect([1, 2, 3].map((level) => levels.filter((one) => one === level).length)).toEqual([70, 183, 92])
})
