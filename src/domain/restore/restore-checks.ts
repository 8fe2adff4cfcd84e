/** What a person must know before confirming a restore, as a list with severities. Pure. */
import type { BackupSet } from '#domain/backups/backup-set.ts'
import type { PlannedItem } from '#domain/restore/plan-item.ts'
import type { Check } from '#domain/restore/restore-run.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'

/** More policies than this in one plan get a warning: a slip of scope looks like a restore, too. */
export const manyPolicies = 25

type CountedCheck = Exclude<Check['id'], 'write_permission' | 'backup_set'>

/** Counts what the checks are about while the plan is made. */
export class PlanTally {
  readonly #counts = new Map<CountedCheck, number>()
  #writes = 0
  #equal = 0

  add(item: PlannedItem): void {
    if (item.plan === 'write') {
      this.#writes += 1
      for (const notice of item.notices) this.#count(notice)
    } else if (item.plan === 'skip') this.#count(item.cause)
    else this.#equal += 1
  }

  #count(id: CountedCheck): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
  }

  get writes(): number {
    return this.#writes
  }

  get equal(): number {
    return this.#equal
  }

  checks(): Check[] {
    const found = [...this.#counts].map(([id, count]) => warning(id, count))
    return this.#writes > manyPolicies ? [...found, warning('many_policies', this.#writes)] : found
  }
}

function warning(id: CountedCheck, count: number): Check {
  const { reason, words } = warnings[id]
  return { id, severity: 'warning', reason, count, message: words(policies(count)) }
}

function policies(count: number): string {
  return count === 1 ? '1 policy' : `${count} policies`
}

const warnings = {
  snapshots: {
    reason: 'damaged',
    words: (n) => `${n} left out: the backup could not read them, or their snapshot is damaged.`,
  },
  policies: { reason: 'not_found', words: (n) => `${n} left out: no longer in the tenant.` },
  live: { reason: 'incomplete_read', words: (n) => `${n} left out: what is live could not be read.` },
  targets: {
    reason: 'not_found',
    words: (n) => `${n} left out: a group or filter is gone, or an exclusion would be lost.`,
  },
  policy_types: {
    reason: 'unsupported',
    words: (n) => `${n} left out: Intune does not let their assignments be written.`,
  },
  all_users: { reason: 'ok', words: (n) => `${n} will be assigned to All users, which they are not now.` },
  all_devices: { reason: 'ok', words: (n) => `${n} will be assigned to All devices, which they are not now.` },
  many_policies: { reason: 'ok', words: (n) => `${n} will be written: make sure that you mean all of them.` },
  remediation: {
    reason: 'ok',
    words: (n) => `${n} will run their remediation: Microsoft Graph never tells whether it was switched off.`,
  },
} as const satisfies Record<CountedCheck, { readonly reason: Reason; readonly words: (policies: string) => string }>

type Granted =
  | { readonly state: 'read'; readonly value: readonly string[] }
  | { readonly state: 'unread'; readonly problem: { readonly reason: Reason; readonly message: string } }

/** Whether the writer may write what the plan writes. */
export function checkWritePermission(
  needed: readonly string[],
  granted: Granted,
  isGranted: (permission: string, granted: ReadonlySet<string>) => boolean,
): Check {
  const check = { id: 'write_permission', count: 0 } as const
  if (needed.length === 0) {
    const message = 'No write is planned, so no write permission is needed.'
    return { ...check, severity: 'ok', reason: 'ok', message }
  }
  if (granted.state === 'unread') {
    const { reason, message } = granted.problem
    return { ...check, severity: 'blocking', reason, message: `Writing is not possible: ${message}` }
  }
  const names = new Set(granted.value)
  const missing = [...new Set(needed)].filter((permission) => !isGranted(permission, names)).toSorted()
  if (missing.length === 0)
    return { ...check, severity: 'ok', reason: 'ok', message: 'The writer has the permissions this plan needs.' }
  const message = `The writer lacks ${missing.join(', ')}: grant it as application permission and give admin consent.`
  return { ...check, severity: 'blocking', reason: 'permission_denied', message }
}

/** What a partial set lacks: nothing is restored of it, and nothing is taken for removed. */
export function checkBackupSet({ completeness }: Pick<BackupSet, 'completeness'>): Check[] {
  const types = Object.entries(completeness).filter(([, type]) => type.state === 'partial' || type.state === 'failed')
  if (types.length === 0) return []
  const unread = types.reduce((sum, [, type]) => sum + type.unread, 0)
  const message = `The backup set is partial: ${types.map(([type, { state }]) => `${type} (${state})`).join(', ')}. What it lacks is not restored.`
  return [{ id: 'backup_set', severity: 'warning', reason: 'incomplete_read', message, count: unread }]
}

/** The check that keeps a plan from being confirmed, if there is one. */
export function blockingCheck(checks: readonly Check[]): Check | undefined {
  return checks.find(({ severity }) => severity === 'blocking')
}
