import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApiDocument } from '#entrypoints/http/api/openapi-document.ts'
import { lintDocument } from './api-lint/lint-document.ts'
import { reportVerdict, type Check } from './check.ts'

/*
 * npm run api [-- --check] [--lint] [--json]: writes docs/api/openapi.json from the contract. `--check` writes nothing and
 * fails where the file says something else; `--lint` asks Redocly and Spectral what they think of the file.
 */

export const documentFile = join(import.meta.dirname, '../docs/api/openapi.json')

/** The text of docs/api/openapi.json: the same contract makes the same text. */
export async function renderDocument(): Promise<string> {
  return `${JSON.stringify(await openApiDocument(), null, 2)}\n`
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      lint: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const isOnlyRead = values.check || values.lint
  if (!isOnlyRead) await writeFile(documentFile, await renderDocument())
  const checks: Check[] = []
  if (isOnlyRead) checks.push(await isCurrent())
  if (values.lint) checks.push(...(await lintDocument(documentFile)))
  reportVerdict(checks, { json: values.json })
}

async function isCurrent(): Promise<Check> {
  const ok = (await readFile(documentFile, 'utf8')) === (await renderDocument())
  return {
    name: 'docs/api/openapi.json',
    ok,
    value: ok ? 'as the contract' : 'differs from the contract: npm run api',
    goal: 'as the contract',
  }
}

if (import.meta.main) await main()
