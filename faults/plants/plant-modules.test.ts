import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { plants } from './plants.ts'
import type { Change } from './replace-once.ts'
import { replaceEach } from './replace-once.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const program = join(import.meta.dirname, 'planted-program.fixture.ts')

/** What a process prints that plants this and then asks the planted module. */
async function printed(change: Change): Promise<string> {
  const plant = { modules: { 'faults/plants/planted-module.fixture.ts': [change] } }
  return (await run(process.execPath, [program, JSON.stringify(plant)])).stdout
}

test('plantModules() changes what a module does', async () => {
  expect(await printed({ find: '41 + 1', put: '41 + 2' })).toBe('43\n')
})

test.each([
  ['a text that is not there', '43', 'holds 0 times'],
  ['a text that is there twice', '1', 'holds 2 times'],
])('plantModules() ends the process at %s', async (_, find, sentence) => {
  await expect(printed({ find, put: '' })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(sentence),
  })
})

test.each(plants)('plants: $bug finds what it changes in modules', async ({ modules = {} }) => {
  for (const [path, changes] of Object.entries(modules)) {
    const source = await readFile(join(root, path), 'utf8')
    expect(replaceEach(source, changes, path)).not.toBe(source)
  }
})
