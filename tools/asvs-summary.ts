import { isCounted, type Row } from './asvs-table.ts'

const chapters = [
  'Encoding and sanitization',
  'Validation and business logic',
  'Web frontend',
  'API and web service',
  'File handling',
  'Authentication',
  'Session management',
  'Authorization',
  'Self-contained tokens',
  'OAuth and OIDC',
  'Cryptography',
  'Secure communication',
  'Configuration',
  'Data protection',
  'Secure coding and architecture',
  'Logging and error handling',
  'WebRTC',
] as const

const [begin, end] = ['<!-- counts: npm run asvs -- --write -->', '<!-- end of counts -->']

/** The counts and what is open, as Markdown. */
export function summaryOf(rows: readonly Row[]): string {
  const counted = rows.filter(isCounted)
  const perChapter = chapters.map((name, index) => {
    const of = counted.filter(({ id }) => id.startsWith(`${index + 1}.`))
    return `| ${index + 1} ${name} | ${countsOf(of)} |`
  })
  const beyond = rows.filter((row) => !isCounted(row))
  const open = rows.filter(({ state }) => state === 'open')
  return [
    '| Chapter | Met | Open | Not applicable |',
    '|---|---|---|---|',
    ...perChapter,
    `| **Level 1** | ${countsOf(counted.filter(({ level }) => level === 1))} |`,
    `| **Level 2** | ${countsOf(counted.filter(({ level }) => level === 2))} |`,
    `| Of level 3, chosen | ${countsOf(beyond)} |`,
    '',
    '| Open | Level | What it asks | What is missing |',
    '|---|---|---|---|',
    ...open.map(({ id, level, words, how }) => `| ${id} | ${level} | ${words} | ${how} |`),
  ].join('\n')
}

/** The page with that summary in its place. */
export function withSummary(page: string, rows: readonly Row[]): string {
  const [before, rest = ''] = page.split(begin)
  return `${before}${begin}\n${summaryOf(rows)}\n${end}${rest.split(end)[1] ?? ''}`
}

function countsOf(rows: readonly Row[]): string {
  const count = (state: Row['state']) => rows.filter((row) => row.state === state).length
  return [count('met'), count('open'), count('not_applicable')].join(' | ')
}
