import type { InputOf, OperationType } from '#domain/operations/catalog.ts'

/**
 * Test only: inputs of every operation, each optional field in at least one of them. The golden file of identities and
 * the properties of the fingerprint are made of them; a new operation, or a new field of an input, belongs here.
 */
export const sampleInputs: { readonly [T in OperationType]?: readonly InputSample[] } = {
  'inventory.sync': [{}],
  'backup.capture': [
    {},
    { note: 'before the change' },
    { types: ['deviceCompliancePolicies', 'configurationPolicies'] },
    { types: ['configurationPolicies'], note: 'before the change' },
  ],
  'backup.verify': [{ backupSetId: uuid(1) }],
  'assignments.fetch': [
    { what: { kind: 'all' } },
    { what: { kind: 'types', types: ['deviceCompliancePolicies', 'configurationPolicies'] } },
    { what: { kind: 'policies', policyIds: [uuid(3), uuid(2)] } },
    {
      what: {
        kind: 'backupItem',
        backupSetId: uuid(1),
        type: 'configurationPolicies',
        graphId: 'T_c0ffee00-0000-4000-8000-000000000001',
      },
    },
  ],
  'restore.preview': [{ restoreRunId: uuid(4) }],
  'assignments.restore': [{ restoreRunId: uuid(4) }],
  'connection.verify': [{}],
  'backup_schedule.run': [
    {
      scheduleId: uuid(5),
      scheduledFor: '2026-11-24T01:00:00Z',
      capture: { note: 'nightly', types: ['deviceCompliancePolicies', 'configurationPolicies'] },
      spreadSeconds: 900,
    },
  ],
  'backup.prune': [{}, { keepLast: 30, keepDays: 90 }],
  'retention.prune': [{}],
  'ops.reconcile_adapter_runs': [{}],
}

/** An input as it comes from outside: JSON, not parsed yet. */
export type InputSample = Readonly<Record<string, unknown>>

/** The samples of an operation. @throws Error that says how to add some */
export function samplesOf(type: OperationType): readonly InputSample[] {
  const samples = sampleInputs[type] ?? []
  if (samples.length > 0) return samples
  throw new Error(
    `${type} has no sample input: add some to sampleInputs in identities-testing.ts (every optional field in one of them), ` +
      'then write its identities with `npx vitest run --project pure src/domain/operations/identities.test.ts -u` and read the diff.',
  )
}

/** What the catalogue takes from an input, as it goes into the fingerprint. */
export type IdentityKey = (input: InputOf<OperationType>) => unknown

function uuid(n: number): string {
  return `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`
}
