import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { capabilities } from '#foundation/kernel/capability.ts'
import { catalog, isOperationType, operationLabel, operationTypes } from '#domain/operations/catalog.ts'
import { baseSummaryKeys } from '#domain/operations/operation.ts'

const src = join(import.meta.dirname, '../..')

/** Every `type: 'a.b'` that a start in this text names. */
function startedTypes(text: string): string[] {
  const starts = text.matchAll(/\b(?:startRun|ensureRuns?)\([^]{0,400}?type: '([\w.]+)'/g)
  return [...starts].map((match) => match[1] ?? '')
}

function programFiles(): string[] {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => join(src, name))
}

describe('catalog', () => {
  test('knows every operation type that code starts', () => {
    const unknown = programFiles().flatMap((file) =>
      startedTypes(readFileSync(file, 'utf8')).filter((type) => !isOperationType(type)),
    )
    expect(unknown).toEqual([])
  })

  test('is asked about what code starts: a planted unknown type is found', () => {
    expect(startedTypes(`await startRun(db, ctx, { type: 'tenant.explode', input: {} })`)).toEqual(['tenant.explode'])
  })

  test.each(operationTypes)('%s is complete and consistent', (type) => {
    const entry = catalog[type]
    expect(entry.label).toMatch(/^[A-Z][\w ]+$/)
    expect(capabilities).toContain(entry.capability)
    expect(entry.summaryKeys.filter((key) => (baseSummaryKeys as readonly string[]).includes(key))).toEqual([])
    expect(entry.cooldown.minutes > 0).toBe(entry.cooldown.after.length > 0)
    expect(entry.cooldown.after).not.toContain('blocked')
    expect(entry.cooldown.after).not.toContain('cancelled')
    expect(entry.expectedSeconds).toBeLessThan(entry.limitMinutes * 60)
  })

  test('keeps the identity of assignment operations for 15 minutes after they ended', () => {
    const cooling = operationTypes.filter((type) => catalog[type].cooldown.minutes > 0)
    expect(cooling).toEqual(['assignments.fetch', 'assignments.restore'])
    expect(catalog['assignments.fetch'].cooldown).toEqual({
      minutes: 15,
      after: ['succeeded', 'partially_succeeded', 'failed'],
    })
  })
})

test('operationLabel() says so when a newer version made the run', () => {
  expect(operationLabel('backup.capture')).toBe('Backup')
  expect(operationLabel('drift.detect')).toBe('Unknown operation')
})
