import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal, readJournalFile } from './journal.ts'

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'journal-test-')), 'journal.jsonl')
}

const entry = { kind: 'request' as const, tenant: 'a', app: null }

describe('openJournal()', () => {
  it('numbers entries without gaps and reads them in pages, of one tenant if asked', () => {
    const journal = openJournal(newPath(), () => 0)
    for (let index = 0; index < 5000; index++) journal.append({ ...entry, tenant: index % 2 === 0 ? 'a' : 'b' })
    const first = journal.read({ after: 0, limit: 3000 })
    expect(first.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1))
    expect(journal.read({ after: first.last, limit: 3000 }).entries).toHaveLength(2000)
    expect(journal.read({ after: 0, limit: 10_000, tenant: 'b' }).entries).toHaveLength(2500)
    journal.close()
  })

  it('has a flushed entry in the file while it is open', () => {
    const path = newPath()
    const journal = openJournal(path, () => 0)
    journal.append({ ...entry, path: '/beta/ä' })
    journal.flush()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      seq: 1,
      at: '1970-01-01T00:00:00.000Z',
      ...entry,
      path: '/beta/ä',
    })
    journal.close()
  })

  it('goes on behind what is there, and cuts off a torn last line', () => {
    const path = newPath()
    const before = openJournal(path, () => 0)
    before.append(entry)
    before.close()
    appendFileSync(path, '{"seq":2,"at":"20')
    const after = openJournal(path, () => 0)
    after.append({ ...entry, tenant: 'b' })
    after.close()
    expect(
      readJournalFile(path)
        .map(({ seq, tenant }) => [seq, tenant])
        .toArray(),
    ).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })
})

describe('readJournalFile()', () => {
  it('says which line is not one of a journal', () => {
    const path = newPath()
    writeFileSync(path, '{"seq":1}\nhello\n')
    expect(() => readJournalFile(path).toArray()).toThrow(/line 2 is not JSON/)
  })
})
