import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requirementsSchema, tableSchema } from './asvs-table.ts'
import { withSummary } from './asvs-summary.ts'
import { reportVerdict } from './check.ts'
import { inspectAsvs } from './inspect-asvs.ts'
import { checkOf, type Inspection } from './supply/inspection.ts'

/*
 * npm run asvs [-- --write] [--json]: docs/asvs.json against the requirements of OWASP ASVS 5.0.0: whether the table is
 * whole, its evidence there, and enough met. `--write` puts the counts into docs/asvs.md.
 */

const root = join(import.meta.dirname, '..')
const pageFile = join(root, 'docs/asvs.md')

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const table = tableSchema.parse(JSON.parse(await readFile(join(root, 'docs/asvs.json'), 'utf8')))
const requirements = requirementsSchema.parse(
  JSON.parse(await readFile(join(import.meta.dirname, 'asvs-requirements.json'), 'utf8')),
)
const { rows, form, goals } = await inspectAsvs(table, requirements, root)
const page = await readFile(pageFile, 'utf8')
const wanted = withSummary(page, rows)
if (options.write) await writeFile(pageFile, wanted)

const summary: Inspection = {
  name: 'docs/asvs.md',
  value: 'counts',
  goal: 'those of the table',
  problems: wanted === page || options.write ? [] : ['Its counts are of another table: npm run asvs -- --write'],
}
const inspections = [...form, summary, ...goals]
for (const { name, problems } of inspections.filter(({ problems }) => problems.length > 0)) {
  console.log(`\n== ${name}\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
}
reportVerdict(inspections.map(checkOf), { json: options.json })
