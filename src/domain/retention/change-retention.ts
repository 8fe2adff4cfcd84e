import { recordAudit } from '#domain/audit/record-audit.ts'
import { retentionLimits, type RetentionSettings } from '#domain/retention/retention-settings.ts'
import { lockSettings, readSettings, writeSettings } from '#domain/retention/retention.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** What this workspace keeps, and for how long. */
export async function showRetention(db: Database, ctx: WorkspaceContext): Promise<RetentionSettings> {
  return inWorkspace(db, ctx, (tx) => readSettings(tx, ctx))
}

/**
 * Changes how long this workspace keeps things; what is absent stays as it is. It takes effect at the next pruning.
 * `check` sees the settings as they are, locked, and refuses by throwing.
 * @throws Failure `invalid_input` naming the setting and its limits
 */
export async function changeRetention(
  db: Database,
  ctx: WorkspaceContext,
  changes: Partial<RetentionSettings>,
  check: (current: RetentionSettings) => void = () => undefined,
): Promise<RetentionSettings> {
  for (const name of Object.keys(retentionLimits) as (keyof RetentionSettings)[]) requireWithin(name, changes[name])
  return inWorkspace(db, ctx, async (tx) => {
    await lockSettings(tx, ctx)
    const before = await readSettings(tx, ctx)
    check(before)
    const after = { ...before, ...changes }
    await writeSettings(tx, ctx, after)
    await recordAudit(tx, ctx, {
      action: 'retention.change',
      subject: { kind: 'workspace', id: ctx.workspaceId },
      outcome: 'succeeded',
      beforeHash: sha256(before),
      afterHash: sha256(after),
      detail: { before, after },
    })
    return after
  })
}

const mayBeNone: readonly (keyof RetentionSettings)[] = ['backupsKeepLast', 'backupsKeepDays']

function requireWithin(name: keyof RetentionSettings, value: number | null | undefined): void {
  const { min, max } = retentionLimits[name]
  if (value === undefined || (value === null && mayBeNone.includes(name))) return
  if (value !== null && Number.isInteger(value) && value >= min && value <= max) return
  throw new Failure('invalid_input', `${name} must be a whole number from ${min} to ${max}, not ${value}.`)
}
