/** Puts a simulator together and runs it in this process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ControlError } from './control/control-error.ts'
import { createControl } from './control/handle-control.ts'
import { describeIssues, faultPlanSchema } from './faults/fault-plan.ts'
import { selfSignedCertificate } from './http/self-signed-certificate.ts'
import { startServer } from './http/simulator-server.ts'
import type { SimulatorOptions, TenantSpec } from './options.ts'
import { tenantSpecs } from './options.ts'
import type { Cloud } from './state/cloud.ts'
import { createCloud, findTenant } from './state/cloud.ts'
import { createClock } from './state/clock.ts'
import { openJournal, readJournalFile } from './state/journal.ts'
import type { LoadReport } from './exports/load-report.ts'
import type { MadeTenant } from './state/make-tenant.ts'
import { makeTenant } from './state/make-tenant.ts'
import { makeHomeTenant } from './state/home-tenant.ts'
import { refuseForeignJournal, replay, worldEntries } from './state/restore-journal.ts'
import { patchSettings } from './state/settings.ts'

export interface RunningSimulator {
  readonly url: string
  readonly cloud: Cloud
  readonly journalPath: string
  /** What each loaded export held, by tenant name. */
  readonly reports: ReadonlyMap<string, LoadReport>
  /** May be called again: it stops once. */
  stop(): Promise<void>
}

/** Starts; rejects with one sentence when options, journal, export, fault plan or port do not allow it. */
export async function runSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const specs = tenantSpecs(options)
  const journalPath = resolve(options.journal ?? join(mkdtempSync(join(tmpdir(), 'graph-simulator-')), 'journal.jsonl'))
  const earlier = worldEntries(readJournalFile(journalPath))
  refuseForeignJournal(journalPath, earlier, specs)

  const clock = createClock()
  const journal = openJournal(journalPath, clock.now)
  const cloud = createCloud({ clock, journal })
  const reports = new Map<string, LoadReport>()
  const addTenant = (spec: TenantSpec) => takeIn(cloud, reports, spec)

  try {
    for (const spec of specs) await addTenant(spec)
    if (options.homeTenant) takeInHomeTenant(cloud)
    await replay(earlier, cloud.tenants, addTenant)
    if (earlier.length === 0) journal.append({ kind: 'start', tenant: null, app: null, detail: { tenants: specs } })
    journal.flush()
    applySettings(cloud, options)
    const tls = options.https ? await selfSignedCertificate(options.host) : undefined
    const control = createControl({ cloud, addTenant })
    const server = await startServer({ cloud, control, host: options.host, port: options.port, tls })
    const end = async () => {
      clock.stop()
      await server.close()
      journal.close()
      if (options.journal === undefined) rmSync(dirname(journalPath), { recursive: true })
    }
    let ended: Promise<void> | undefined
    const stop = () => (ended ??= end())
    return { url: `${tls ? 'https' : 'http'}://${options.host}:${server.port}`, cloud, journalPath, reports, stop }
  } catch (error) {
    journal.close()
    throw error
  }
}

async function takeIn(cloud: Cloud, reports: Map<string, LoadReport>, spec: TenantSpec): Promise<MadeTenant> {
  if (findTenant(cloud, spec.name)) throw new ControlError(409, `There is a tenant named ${spec.name} already.`)
  const made = await makeTenant(spec)
  cloud.tenants.set(made.tenant.id, made.tenant)
  if (made.report) reports.set(spec.name, made.report)
  return made
}

function takeInHomeTenant(cloud: Cloud): void {
  const tenant = makeHomeTenant()
  if (findTenant(cloud, tenant.name)) throw new ControlError(409, `There is a tenant named ${tenant.name} already.`)
  cloud.tenants.set(tenant.id, tenant)
}

function applySettings(cloud: Cloud, { settings, faults }: SimulatorOptions): void {
  patchSettings(cloud.settings, settings)
  if (settings.clockOffsetMs !== undefined) cloud.clock.moveTo(settings.clockOffsetMs)
  if (faults !== undefined) cloud.faults.replace(readFaultPlan(faults))
}

function readFaultPlan(path: string) {
  const result = faultPlanSchema.safeParse(readJson(path))
  if (result.success) return result.data
  throw new Error(`${path} is not a fault plan:\n${describeIssues(result.error)}`)
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON: ${(cause as Error).message}`, { cause })
  }
}
