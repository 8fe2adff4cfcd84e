/** What a simulator is started with, from the command line or from a program. */
import { z } from 'zod'
import { settingsPatchSchema } from './state/settings.ts'

export const tenantSpecSchema = z.union([
  z.strictObject({
    name: z.string().min(1),
    /** Export folder to load (IntuneCD, IntuneManagement, plain Graph JSON). */
    load: z.string().min(1),
  }),
  z.strictObject({
    name: z.string().min(1),
    policies: z.int().nonnegative().default(100),
    groups: z.int().positive().optional(),
    /** Default: the simulator's seed. */
    seed: z.int().optional(),
  }),
])

export const simulatorOptionsSchema = z.strictObject({
  seed: z.int().default(1),
  /** A number makes that many, each with `policies` policies; a list says which. */
  tenants: z.union([z.int().nonnegative().max(1000), z.array(tenantSpecSchema)]).default(1),
  policies: z.int().nonnegative().default(100),
  load: z.array(z.strictObject({ folder: z.string().min(1), name: z.string().min(1) })).default([]),
  /** Also the tenant of the people who look after the others, with the apps they sign in and connect by. */
  homeTenant: z.boolean().default(false),
  host: z.string().default('127.0.0.1'),
  /** 0: any free one. */
  port: z.int().min(0).max(65_535).default(4781),
  https: z.boolean().default(false),
  /** Default: a file in the system's temporary folder that goes when the simulator is stopped. */
  journal: z.string().optional(),
  /** A file that holds a fault plan. */
  faults: z.string().optional(),
  settings: settingsPatchSchema.default({}),
})

export type TenantSpec = z.infer<typeof tenantSpecSchema>
export type SimulatorOptions = z.infer<typeof simulatorOptionsSchema>
/** As given by a program: everything with a default may be left out. */
export type SimulatorOptionsInput = z.input<typeof simulatorOptionsSchema>

const names = [
  'Contoso',
  'Fabrikam',
  'Northwind Traders',
  'Adventure Works',
  'Tailspin Toys',
  'Wingtip Toys',
  'Litware',
  'Proseware',
  'Woodgrove Bank',
  'Coho Vineyard',
]

/** The tenants to make, in order, each spelled out. */
export function tenantSpecs({ tenants, policies, seed, load }: SimulatorOptions): TenantSpec[] {
  const made: TenantSpec[] =
    typeof tenants === 'number'
      ? Array.from({ length: tenants }, (_, index) => ({ name: names[index] ?? `Tenant ${index + 1}`, policies, seed }))
      : tenants.map((tenant) => ('load' in tenant ? tenant : { ...tenant, seed: tenant.seed ?? seed }))
  return [...made, ...load.map(({ folder, name }) => ({ name, load: folder }))]
}
