/** Lays out the hosts, cuts one off in the middle of its runs, brings it back, and says what must hold. See main.ts. */
import { startRun } from '#domain/operations/ensure-run.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import { tryTheWatch } from '../canaries/try-watch.ts'
import { checksOfSearch } from '../report.ts'
import { reportVerdict } from '../../tools/check.ts'
import { checkHosts, type HostsEvidence } from './check-hosts.ts'
import { connectAgain, cutOff, hostNames, layOut } from './network.ts'
import { haveDoneItems, heldBy, rowsOf, runsOf, until, workersOn } from './read-evidence.ts'
import { setHostsStage, type HostsStage } from './stage.ts'
import { startHost, type Host } from './start-host.ts'

/** Two for each of two slots a host. */
const tenantCount = 6

async function play(stage: HostsStage, hosts: readonly Host[]): Promise<HostsEvidence> {
  const { database, control, tenants } = stage
  await until('three workers', async () => (await workersOn(database)).length === hosts.length)
  // Graph takes its time, so that every host is in the middle of something.
  await control.setFaults({ faults: [{ match: {}, count: null, effect: { kind: 'delay', ms: 700 } }] })
  const runs = await startAll(stage, tenants, 'inventory.sync')
  await until('runs on every host', async () => (await heldBy(database)).size === hosts.length)
  const [victim, ...others] = hosts
  if (victim === undefined) throw new TypeError('there are hosts')
  const cutRuns = (await heldBy(database)).get(victim.name) ?? []
  await until('items in its runs', async () => haveDoneItems(database, cutRuns))
  const lease = (await workersOn(database)).find(({ host }) => host === victim.name)?.id

  console.log(`${victim.name} is cut off, with ${cutRuns.length} runs`)
  await cutOff(victim.name)
  const cutAt = performance.now()
  await until('its lease is over', async () => (await workersOn(database)).every(({ id }) => id !== lease))
  await control.clearFaults()
  await until('every run ended', async () =>
    (await runsOf(database, runs)).every(({ outcome }) => outcome !== 'pending'),
  )
  const secondsToFinish = (performance.now() - cutAt) / 1_000
  const before = await rowsOf(database, runs)

  console.log(`the others finished everything; ${victim.name} is connected again`)
  await connectAgain(victim.name)
  const isBack = async () => (await workersOn(database)).some(({ host, id }) => host === victim.name && id !== lease)
  await until('the cut-off host registers anew', isBack)
  const isRegisteredAnew = await isBack()
  const exitCodes: Record<string, number | null> = {}
  for (const host of others) exitCodes[host.name] = await host.stop()
  const later = await startAll(stage, tenants.slice(0, 2), 'backup.capture')
  await until('the later runs ended', async () =>
    (await runsOf(database, later)).every(({ outcome }) => outcome !== 'pending'),
  )
  const after = await rowsOf(database, runs)
  exitCodes[victim.name] = await victim.stop()
  return {
    cutOff: victim.name,
    cutRuns,
    runs: await runsOf(database, runs),
    before,
    after,
    later: await runsOf(database, later),
    isRegisteredAnew,
    secondsToFinish,
    exitCodes,
    leaks: await leaksOf(stage),
  }
}

async function leaksOf({ control, watch, tenants }: HostsStage): Promise<readonly string[]> {
  const { entries } = await control.journal({ limit: 2_000 })
  const [tenant] = tenants
  if (tenant === undefined) throw new TypeError('there are tenants')
  return (await watch.look(tenant, entries)).leaks
}

async function startAll(
  { database }: HostsStage,
  tenants: readonly TenantContext[],
  type: 'inventory.sync' | 'backup.capture',
): Promise<RunId[]> {
  const started = tenants.map((tenant) => startRun(database.db, tenant, { type, input: {}, trigger: 'user' }))
  return (await Promise.all(started)).map(({ runId }) => runId)
}

async function main(json: boolean): Promise<void> {
  await layOut()
  await using stage = await setHostsStage(tenantCount)
  await using stack = new AsyncDisposableStack()
  const hosts: Host[] = []
  for (const name of hostNames) hosts.push(stack.use(await startHost({ name, ...stage.shared })))
  try {
    const evidence = await play(stage, hosts)
    const run = async (program: string) => {
      await using host = await startHost({ name: hostNames[0], ...stage.shared, program })
      await host.exited
    }
    const control = await tryTheWatch({ ...stage, run })
    reportVerdict([...checkHosts(evidence), ...checksOfSearch([control])], {
      json,
      also: { secondsToFinish: evidence.secondsToFinish },
    })
  } catch (error) {
    for (const host of hosts) console.log(`\n== ${host.name}${host.isGone() ? ' (gone)' : ''}\n${host.said()}`)
    throw error
  }
}

await main(process.argv.includes('--json'))
