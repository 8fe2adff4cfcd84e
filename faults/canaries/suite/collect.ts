/**
 * For each test file: its secrets are learned as they come into being, and when it has ended they are looked for in its
 * answers, its databases and its log. What is found goes into a report; the tests themselves are not changed by it.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import pg from 'pg'
import { afterAll, expect, inject } from 'vitest'
import { dumpDatabase } from '../dump-database.ts'
import { describeFinding, findCanaries, findInEach, type Finding, type Source } from '../find-canaries.ts'
import { placeOf } from '../meant.ts'
import type { FileReport, Leak } from './file-report.ts'
import { judgeAnswers } from './judge-answers.ts'
import { listenForSecrets } from './listen-for-secrets.ts'

const secrets = listenForSecrets()
secrets.learn('password of the database', new URL(inject('postgres').url).password)
const folder = process.env['TENANTATLAS_TEST_REMAINS'] ?? ''
const answers: Source[] = []
const tables: Source[] = []

// Only now: they must find what listens.
const { beforeDrop } = await import('#foundation/db/testing.ts')
const { answered } = await import('#entrypoints/http/api/api-testing.ts')

beforeDrop.add(async (url) => {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    tables.push(...(await dumpDatabase(pool)))
  } finally {
    await pool.end()
  }
})
answered.add(({ method, path, headers, text, body }) => {
  const place = placeOf(method, new URL(path, 'http://localhost').pathname)
  learnGiven(body)
  answers.push(
    { place: `${place}: headers`, content: JSON.stringify([...headers]) },
    { place: `${place}: body`, content: text },
  )
})

/** What is made without a draw that is heard. */
function learnGiven(body: unknown): void {
  const { secret, recoveryCodes } = (body ?? {}) as { secret?: unknown; recoveryCodes?: unknown }
  if (typeof secret === 'string') secrets.learn('TOTP secret', secret)
  if (Array.isArray(recoveryCodes))
    for (const code of recoveryCodes) if (typeof code === 'string') secrets.learn('recovery code', code)
}

afterAll(async () => {
  const all = secrets.canaries.all
  const logFile = join(folder, `${process.pid}.log`)
  const log = existsSync(logFile) ? await readFile(logFile) : Buffer.alloc(0)
  const rest = findCanaries(all, [...tables, { place: 'log', content: log }])
  const { given, leaked } = judgeAnswers(findInEach(all, answers))
  const report: FileReport = {
    file: relative(process.cwd(), expect.getState().testPath ?? ''),
    secrets: Object.fromEntries(
      Map.groupBy(secrets.names, kindOf)
        .entries()
        .map(([kind, ones]) => [kind, ones.length]),
    ),
    answers: answers.length / 2,
    tables: tables.length,
    bytes: [...answers, ...tables].reduce((sum, { content }) => sum + content.length, log.length),
    given,
    leaks: [...new Map([...leaked, ...rest].map((one) => [`${one.canary} ${one.place}`, leakOf(one)])).values()],
  }
  await writeFile(join(folder, `${randomUUID()}.json`), JSON.stringify(report))
})

function kindOf(name: string): string {
  return name.replace(/ #\d+$/, '')
}

function leakOf(finding: Finding): Leak {
  return { secret: finding.canary, place: finding.place, says: describeFinding(finding) }
}
