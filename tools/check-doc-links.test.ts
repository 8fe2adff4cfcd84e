import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDocLinks } from './check-doc-links.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantatlas-links-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function deadLinksOf(markdown: string): Promise<string[]> {
  await writeFile(join(folder, 'page.md'), markdown)
  const { dead } = await checkDocLinks(folder)
  return dead.map(({ line, target }) => `${line}: ${target}`)
}

test('checkDocLinks() finds a link to a file that is not there', async () => {
  expect(await deadLinksOf('one\n[two](./gone.md) and [three](page.md)')).toEqual(['2: ./gone.md'])
})

test('checkDocLinks() finds a link to a heading that is not there', async () => {
  expect(
    await deadLinksOf(
      '# The `up` command, twice\n## Same\n## Same\n[a](#the-up-command-twice) [b](#same-1) [c](page.md#same-2)',
    ),
  ).toEqual(['4: page.md#same-2'])
})

test('checkDocLinks() finds a dead reference', async () => {
  expect(await deadLinksOf('[a][b]\n\n[b]: gone.md')).toEqual(['3: gone.md'])
})

test('checkDocLinks() leaves code and addresses alone', async () => {
  expect(await deadLinksOf('`[a](gone.md)` [b](https://example.com/gone.md)\n```\n[c](gone.md)\n```')).toEqual([])
})

test('checkDocLinks() finds nothing dead in this project', async () => {
  const report = await checkDocLinks(join(import.meta.dirname, '..'))
  expect(report.dead).toEqual([])
})
