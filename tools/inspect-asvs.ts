/**
 * Whether the table of ASVS requirements is whole and true as far as a program can tell: every requirement once, each
 * with a state and with evidence that is there. Whether the evidence shows it is for people to judge.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCounted, rowSchema, type Requirements, type Row, type Table } from './asvs-table.ts'
import { anchorsOf } from './check-doc-links.ts'
import type { Inspection } from './supply/inspection.ts'

const wantedShare = 0.95

export interface Inspected {
  readonly rows: readonly Row[]
  /** Whether the table is what it says it is. */
  readonly form: readonly Inspection[]
  /** Whether enough of it is met. */
  readonly goals: readonly Inspection[]
}

/** `root`: where the paths of evidence begin. */
export async function inspectAsvs(table: Table, requirements: Requirements, root: string): Promise<Inspected> {
  const read = table.rows.map((row) => rowSchema.safeParse(row))
  const rows = read.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const malformed = table.rows.flatMap(
    (row, index) => read[index]?.error?.issues.map((issue) => wordsOf(row, issue)) ?? [],
  )
  return {
    rows,
    form: [inspectCompleteness(table, requirements), inspectForm(malformed, table), await inspectEvidence(rows, root)],
    goals: [inspectFirstLevel(rows), inspectShare(rows)],
  }
}

function wordsOf(row: unknown, issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${idOf(row)}: ${issue.path.map(String).join('.')} ${issue.message}`
}

function idOf(row: unknown): string {
  const id: unknown = row !== null && typeof row === 'object' ? Reflect.get(row, 'id') : undefined
  return typeof id === 'string' ? id : 'a row without id'
}

/** Every requirement of the first two levels and every chosen one of the third, once, at its level. */
function inspectCompleteness({ standard, rows }: Table, requirements: Requirements): Inspection {
  const { levels, alsoAssessed } = requirements
  const wanted = [...Object.keys(levels).filter((id) => (levels[id] ?? 3) <= 2), ...alsoAssessed]
  const ids = rows.map(idOf)
  const misplaced = rows.filter((row) => Reflect.get(row as object, 'level') !== levels[idOf(row)]).map(idOf)
  return {
    name: 'requirements',
    value: `${ids.length} assessed`,
    goal: `${wanted.length}, each once`,
    problems: [
      ...(standard === requirements.standard
        ? []
        : [`The table is of ${standard}, the list of ${requirements.standard}.`]),
      ...wanted.filter((id) => !ids.includes(id)).map((id) => `${id} is missing.`),
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice.`),
      ...ids.filter((id) => !wanted.includes(id)).map((id) => `${id} is none of the requirements assessed.`),
      ...misplaced.map((id) => `${id} is of another level.`),
    ],
  }
}

function inspectForm(malformed: readonly string[], { rows }: Table): Inspection {
  return { name: 'rows', value: `${rows.length} read`, goal: 'state, words, a sentence', problems: malformed }
}

/** What is met has a test or a document, and whatever is named is there. */
async function inspectEvidence(rows: readonly Row[], root: string): Promise<Inspection> {
  const named = rows.flatMap(({ id, evidence }) => evidence.map((link) => ({ id, link })))
  const faults = await Promise.all(
    named.map(async ({ id, link }) => {
      const fault = await faultOf(link, root)
      return fault === undefined ? [] : [`${id}: ${link}: ${fault}`]
    }),
  )
  const bare = rows.filter(({ state, evidence }) => state === 'met' && !evidence.some(isTestOrDocument))
  return {
    name: 'evidence',
    value: `${named.length} links`,
    goal: 'all lead somewhere',
    problems: [...faults.flat(), ...bare.map(({ id }) => `${id}: is met without a test or a document.`)],
  }
}

function isTestOrDocument(link: string): boolean {
  return /\.(test|e2e)\.ts( :: |$)|\.md(#|$)/.test(link)
}

async function faultOf(link: string, root: string): Promise<string | undefined> {
  const [path = '', test] = link.split(' :: ')
  const [file = '', anchor] = path.split('#')
  if (file.startsWith('/') || file.includes('..') || !existsSync(join(root, file))) return 'there is no such file.'
  if (anchor === undefined && test === undefined) return undefined
  const text = await readFile(join(root, file), 'utf8')
  if (anchor !== undefined) return anchorsOf(text).has(anchor) ? undefined : 'there is no such heading.'
  return namesOfTests(text).has(test ?? '') ? undefined : 'there is no such test.'
}

/** What stands in quotes as the first argument of a call: names of tests, and of tables of tests after their rows. */
function namesOfTests(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\(\s*(['"`])((?:(?!\1)[^\\\n])+)\1\s*,/g)].map((match) => match[2] ?? ''))
}

function inspectFirstLevel(rows: readonly Row[]): Inspection {
  const open = rows.filter(({ level, state }) => level === 1 && state === 'open')
  return { name: 'level 1', value: `${open.length} open`, goal: '0 open', problems: open.map(sentenceOf) }
}

function inspectShare(rows: readonly Row[]): Inspection {
  const applicable = rows.filter((row) => isCounted(row) && row.state !== 'not_applicable')
  const met = applicable.filter(({ state }) => state === 'met')
  const share = applicable.length === 0 ? 0 : met.length / applicable.length
  return {
    name: 'levels 1 and 2 met',
    value: `${met.length} of ${applicable.length} (${(Math.floor(share * 1_000) / 10).toFixed(1)} %)`,
    goal: `${wantedShare * 100} %`,
    problems:
      share >= wantedShare
        ? []
        : applicable.filter(({ state, level }) => state === 'open' && level === 2).map(sentenceOf),
  }
}

function sentenceOf({ id, words, how }: Row): string {
  return `${id} ${words}: ${how}`
}
