import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readInstalled } from './installed.ts'
import { locked } from './locked-testing.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenantatlas-installed-'))
})
afterEach(() => rm(root, { recursive: true }))

async function install(name: string, manifest: object, ...files: readonly string[]): Promise<void> {
  const folder = join(root, 'node_modules', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  for (const file of files) await writeFile(join(folder, file), '')
}

test('readInstalled() reads licence and install scripts of what is there', async () => {
  await install('a', { license: 'ISC', scripts: { test: 'x', preinstall: 'x', postinstall: 'x' } })
  await install('b', { license: { type: 'MIT' }, scripts: { prepare: 'x' } })
  await install('c', { license: 'MIT' }, 'binding.gyp')
  const packages = [locked('a@1.0.0'), locked('b@1.0.0'), locked('c@1.0.0'), locked('d@1.0.0')]
  const installed = await readInstalled(root, packages)
  expect(Object.fromEntries(installed)).toEqual({
    'node_modules/a': { license: 'ISC', installScripts: ['preinstall', 'postinstall'] },
    'node_modules/b': { license: undefined, installScripts: [] },
    'node_modules/c': { license: 'MIT', installScripts: ['binding.gyp'] },
  })
})
