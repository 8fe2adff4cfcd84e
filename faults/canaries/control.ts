/**
 * The search is tried first: secrets put where secrets can be, in every encoding, must be found there. A search that finds
 * nothing would otherwise look like a product that leaks nothing.
 */
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'
import { Canaries } from './canary.ts'
import { dumpDatabase } from './dump-database.ts'
import { findCanaries, type Source } from './find-canaries.ts'
import { Recorder } from './recorder.ts'
import { filesIn, type Stage } from './stage.ts'

/** Made without the code that searches. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => `before ${secret} after`,
  cut: (secret) => `before ${secret.slice(0, 14)}`,
  'base64 alone': (secret) => Buffer.from(secret).toString('base64'),
  'base64 behind one byte': (secret) => Buffer.from(`:${secret}:`).toString('base64'),
  'base64 behind two bytes': (secret) => Buffer.from(`u:${secret}::`).toString('base64'),
  base64url: (secret) => Buffer.from(`user ${secret}`).toString('base64url'),
  hex: (secret) => Buffer.from(`x${secret}`).toString('hex'),
  'hex in capitals': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  URL: (secret) => encodeURIComponent(`a b ${secret}`),
  form: (secret) => new URLSearchParams({ password: secret }).toString(),
  JSON: (secret) => JSON.stringify({ secret }),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ secret })),
  'JSON in base64': (secret) => Buffer.from(JSON.stringify({ user: 'u', secret })).toString('base64'),
  'form in hex': (secret) => Buffer.from(new URLSearchParams({ secret }).toString()).toString('hex'),
  HTML: (secret) => `<p>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</p>`,
}

export interface Control {
  readonly wanted: number
  /** What was put somewhere and not found. */
  readonly missed: readonly string[]
}

/** Puts a secret of its own per encoding into a log, a table, an answer and a file, and looks for them. */
export async function tryTheSearch({ pool, given, env }: Stage): Promise<Control> {
  const recorder = new Recorder()
  const { canaries, lines } = plantedLines()
  const program = join(given, 'say.mjs')
  await writeFile(program, `console.error(${JSON.stringify(lines.join('\n'))})`)
  await recorder.start([], env, { file: program, place: 'log' }).exited
  await askFor(recorder, lines.join('\n'))
  await writeFile(join(given, 'lines'), lines.join('\n'))
  const file = (await filesIn(given)).find(({ place }) => place === 'file lines')
  const table = await withPlantedTables(pool, lines, () => dumpDatabase(pool))
  const sources = [...recorder.sources, ...table, ...(file === undefined ? [] : [file])]
  const places = ['log: stderr', 'answer: headers', 'answer: body', ...plantedTables, 'file lines']
  return judge(canaries, sources, places)
}

/** A secret of its own in each encoding. */
export function plantedLines(): { readonly canaries: Canaries; readonly lines: readonly string[] } {
  const canaries = new Canaries()
  return { canaries, lines: Object.entries(encodings).map(([name, encode]) => encode(canaries.make(name))) }
}

/** Whether each of the secrets is found in each of the places. */
export function judge(canaries: Canaries, sources: readonly Source[], places: readonly string[]): Control {
  const findings = findCanaries(canaries.all, sources)
  const found = new Set(findings.map(({ canary, place }) => `${canary} in ${place}`))
  const wanted = canaries.all.flatMap(({ name }) => places.map((place) => `${name} in ${place}`))
  return { wanted: wanted.length, missed: wanted.filter((one) => !found.has(one)) }
}

async function askFor(recorder: Recorder, text: string): Promise<void> {
  const server = createServer((_, response) => {
    response.setHeader(
      'x-lines',
      text.split('\n').map((line) => encodeURI(line)),
    )
    response.end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await recorder.ask('GET', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { as: 'answer' })
  server.closeAllConnections()
  server.close()
}

export const plantedTables = ['table canary_texts', 'table canary_bytes']

/** What is read while the lines stand in tables of their own. */
export async function withPlantedTables<Read>(
  pool: pg.Pool,
  lines: readonly string[],
  read: () => Promise<Read>,
): Promise<Read> {
  await pool.query('create table canary_texts (line text); create table canary_bytes (line bytea)')
  for (const line of lines) {
    await pool.query('insert into canary_texts values ($1)', [line])
    await pool.query('insert into canary_bytes values ($1)', [Buffer.from(line)])
  }
  const found = await read()
  await pool.query('drop table canary_texts; drop table canary_bytes')
  return found
}
