import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSources } from '../tools/architecture.ts'
import { failpoints as restoreFailpoints } from './restore/plan-case.ts'
import { failpoints as runFailpoints } from './runs/rows.ts'

/** Tests beside the code kill there, with what it takes: receivers of messages, schedules, a long history. */
const elsewhere = [
  'delivery.sending',
  'delivery.sent',
  'schedule.slot_decided',
  'schedule.run_started',
  'backup_schedule.started',
  'backup_prune.set_removed',
  'retention_prune.batch',
  'credentials.telling',
  'credentials.told',
]

test('the failpoints of the matrices are those that production code passes', async () => {
  const sources = await readSources(join(import.meta.dirname, '..'))
  const production = sources.filter(({ path }) => path.startsWith('src/') && !/\.test\.ts$|\/testing/.test(path))
  const passed = production.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:failpoint|pass)\(([^)]*)\)/g)].flatMap(([, args = '']) =>
      [...args.matchAll(/'(\w+\.\w+)'/g)].map(([, name]) => name),
    ),
  )
  expect(new Set(passed)).toEqual(new Set([...restoreFailpoints, ...runFailpoints, ...elsewhere]))
})
