/** How long a workspace keeps what grows. Backups are kept for ever unless a rule is set. */
export interface RetentionSettings {
  readonly runsDays: number
  readonly auditDays: number
  /** Null: no such rule. A set that any rule keeps is kept. */
  readonly backupsKeepLast: number | null
  readonly backupsKeepDays: number | null
}

export const retentionDefaults: RetentionSettings = {
  runsDays: 90,
  auditDays: 730,
  backupsKeepLast: null,
  backupsKeepDays: null,
}

/** From the least to the most, as the columns allow. */
export const retentionLimits = {
  runsDays: { min: 7, max: 3650 },
  auditDays: { min: 30, max: 3650 },
  backupsKeepLast: { min: 1, max: 10_000 },
  backupsKeepDays: { min: 1, max: 3650 },
} as const satisfies Record<keyof RetentionSettings, { min: number; max: number }>
