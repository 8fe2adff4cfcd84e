import { generateTenant } from '../generate/generate-tenant.ts'
import type { LoadReport } from '../exports/load-report.ts'
import type { TenantSpec } from '../options.ts'
import type { SimTenant } from '../world.ts'
import { registerUsualApps } from './app-registration.ts'
import { settleUsualPeople } from './home-tenant.ts'

export interface MadeTenant {
  readonly tenant: SimTenant
  /** What an export held; undefined for a generated tenant. */
  readonly report: LoadReport | undefined
}

/** Generates or loads a tenant and gives it the usual app registrations and people. */
export async function makeTenant(spec: TenantSpec): Promise<MadeTenant> {
  const made: MadeTenant = 'load' in spec ? await loadTenant(spec) : { tenant: generate(spec), report: undefined }
  registerUsualApps(made.tenant)
  settleUsualPeople(made.tenant)
  return made
}

async function loadTenant({ name, load }: TenantSpec & { load: string }): Promise<MadeTenant> {
  // Most simulators load no export: they start without its readers.
  const { loadExport } = await import('../exports/load-export.ts')
  return loadExport({ folder: load, tenantName: name })
}

function generate({ name, policies, groups, seed = 1 }: Exclude<TenantSpec, { load: string }>): SimTenant {
  return generateTenant({ name, seed, policies, ...(groups === undefined ? {} : { groups }) })
}
