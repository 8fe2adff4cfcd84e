/** What can be turned while the simulator runs. */
import { z } from 'zod'

const rates = z.strictObject({ any: z.int().positive(), writes: z.int().positive() })

/** The documented limits of Intune and Entra; every service of Intune counts by itself. */
export const limitsSchema = z.strictObject({
  windowMs: z.int().positive().default(20_000),
  perAppAndTenant: rates.default({ any: 1000, writes: 100 }),
  perTenant: rates.default({ any: 2000, writes: 200 }),
  directory: z
    .strictObject({ resourceUnits: z.int().positive(), windowMs: z.int().positive() })
    .default({ resourceUnits: 8000, windowMs: 10_000 }),
  /** How a 429 says when to come back. */
  retryAfter: z.enum(['seconds', 'fractional', 'date', 'absent']).default('seconds'),
})

export type Limits = z.infer<typeof limitsSchema>

export const defaultLimits: Limits = limitsSchema.parse({})

export const settingsPatchSchema = z.strictObject({
  /** `true`: the documented limits; `false`: none; an object: these limits. */
  throttling: z.union([z.boolean(), limitsSchema]).optional(),
  /** How long reads may show what was before a write. */
  consistencyDelayMs: z.int().nonnegative().optional(),
  /** Added to every answer. */
  latencyMs: z.int().nonnegative().optional(),
  clockOffsetMs: z.int().optional(),
  /** Rows a page holds at most; null: the limit of each collection. */
  pageSize: z.int().positive().nullable().optional(),
  tokenLifetimeSeconds: z.int().positive().optional(),
  /** By tenant id: whether writes need the approval of a second administrator, and in which status code that is said. */
  multiAdminApproval: z.record(z.string(), z.union([z.boolean(), z.enum(['observed', 'documented'])])).optional(),
})

export type SettingsPatch = z.infer<typeof settingsPatchSchema>

export interface Settings {
  /** Null: nothing is throttled. */
  limits: Limits | null
  consistencyDelayMs: number
  latencyMs: number
  clockOffsetMs: number
  pageSize: number
  tokenLifetimeSeconds: number
  /** Tenants with an access policy. */
  readonly multiAdminApproval: Map<string, 'observed' | 'documented'>
}

export function defaultSettings(): Settings {
  return {
    limits: defaultLimits,
    consistencyDelayMs: 0,
    latencyMs: 0,
    clockOffsetMs: 0,
    pageSize: Number.POSITIVE_INFINITY,
    tokenLifetimeSeconds: 3599,
    multiAdminApproval: new Map(),
  }
}

/** Takes over what a patch names; the clock is moved by whoever owns it. */
export function patchSettings(settings: Settings, patch: SettingsPatch): void {
  const { throttling, multiAdminApproval, pageSize, ...numbers } = patch
  if (throttling !== undefined) settings.limits = limitsOf(throttling)
  if (pageSize !== undefined) settings.pageSize = pageSize ?? Number.POSITIVE_INFINITY
  for (const [tenant, mode] of Object.entries(multiAdminApproval ?? {})) {
    if (mode === false) settings.multiAdminApproval.delete(tenant)
    else settings.multiAdminApproval.set(tenant, mode === true ? 'observed' : mode)
  }
  Object.assign(settings, Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)))
}

function limitsOf(throttling: boolean | Limits): Limits | null {
  if (typeof throttling !== 'boolean') return throttling
  return throttling ? defaultLimits : null
}

/** As the control API shows them. */
export function describeSettings(settings: Settings) {
  return {
    ...settings,
    pageSize: Number.isFinite(settings.pageSize) ? settings.pageSize : null,
    multiAdminApproval: Object.fromEntries(settings.multiAdminApproval),
  }
}
