import { migrate } from '#foundation/db/migrate.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { databaseUrlOf } from '#entrypoints/cli/open-product.ts'

export const migrateDatabase: Command = async (cli) => {
  const { applied, version } = await migrate({ url: await databaseUrlOf(await cli.config()) })
  await cli.printer.detail({
    document: { version, applied },
    facts: [
      ['Schema version', String(version)],
      ['Applied now', applied.length === 0 ? 'nothing, it was current' : applied.join(', ')],
    ],
  })
}
