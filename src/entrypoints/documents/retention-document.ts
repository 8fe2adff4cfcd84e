import type { RetentionSettings } from '#domain/retention/retention-settings.ts'

/** How long a workspace keeps things, as programs see it. Null: no such rule. */
export function retentionDocument(settings: RetentionSettings): RetentionSettings {
  const { runsDays, auditDays, backupsKeepLast, backupsKeepDays } = settings
  return { runsDays, auditDays, backupsKeepLast, backupsKeepDays }
}
