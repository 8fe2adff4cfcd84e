import type { TenantDocument } from '#contract/api/tenants.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/** Prints which tenant was added or changed. */
export async function printTenant(cli: Cli, document: TenantDocument): Promise<void> {
  await cli.printer.detail({
    document,
    facts: [
      ['Tenant', document.name],
      ['Id', document.id],
      ['Entra tenant id', document.entraTenantId],
    ],
  })
}
