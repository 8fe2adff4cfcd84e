import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { documentFile, renderDocument } from './api.ts'
import { problemsIn } from './api-lint/lint-document.ts'

test('docs/api/openapi.json says what the contract says (else: npm run api)', async () => {
  expect(await readFile(documentFile, 'utf8')).toBe(await renderDocument())
})

test('problemsIn() counts what either linter names, and knows no report from a clean one', () => {
  expect(problemsIn('{"totals":{"errors":0},"problems":[{"ruleId":"x","severity":"warn"}]}')).toBe(1)
  expect(problemsIn('[{"code":"info-contact"},{"code":"operation-tags"}]')).toBe(2)
  expect(problemsIn('[]')).toBe(0)
  expect(problemsIn('Cannot find module')).toBeUndefined()
})
