/** What a started simulator says about itself. */
import { describeTenant } from './control/views.ts'
import type { TenantView } from './control/views.ts'
import type { LoadReport } from './exports/load-report.ts'
import type { RunningSimulator } from './run-simulator.ts'

/** The machine-readable line: `{"ready":true,"url":…,"pid":…,"journal":…,"tenants":[…]}`. */
export interface Ready {
  readonly ready: true
  readonly url: string
  readonly pid: number
  readonly journal: string
  readonly tenants: readonly TenantView[]
}

export function readyLine({ url, journalPath, cloud }: RunningSimulator): string {
  const tenants = cloud.tenants.values().map(describeTenant).toArray()
  const ready: Ready = { ready: true, url, pid: process.pid, journal: journalPath, tenants }
  return JSON.stringify(ready)
}

export function readyText({ url, journalPath, cloud, reports }: RunningSimulator): string {
  const tenants = cloud.tenants.values().map(describeTenant).toArray()
  const lines = [
    `Microsoft Graph and Entra, simulated, at ${url}`,
    `Journal: ${journalPath}`,
    '',
    ...tenants.flatMap(tenantLines),
    ...reports.entries().flatMap(([name, report]) => reportLines(name, report)),
    ...exampleLines(url, tenants[0]),
    'Control API: GET /_sim/tenants, /_sim/journal, /_sim/faults, /_sim/settings. Ctrl-C stops it.',
  ]
  return lines.join('\n')
}

function tenantLines({ id, name, domain, objects, groups, apps }: TenantView): string[] {
  const credentials = apps.map(
    (app) => `  ${app.name.padEnd(8)} client id ${app.clientId}  secret ${app.secret ?? '(certificate)'}`,
  )
  return [
    `${name} (${domain})`,
    `  tenant   ${id}  ${countOf(objects, 'object')}, ${countOf(groups, 'group')}`,
    ...credentials,
    '',
  ]
}

function reportLines(name: string, { loaded, notUnderstood, notes }: LoadReport): string[] {
  const skipped = notUnderstood.map(({ file, reason }) => `  not understood: ${file}: ${reason}`)
  const summary = `${countOf(loaded.length, 'object')} loaded, ${countOf(notUnderstood.length, 'file')} not understood`
  return [`${name}: ${summary}`, ...skipped, ...noteLines(notes), '']
}

/** One line per kind of note: what is true of one file is often true of many. */
function noteLines(notes: LoadReport['notes']): string[] {
  const alike = Map.groupBy(notes, ({ note }) => note)
  return [...alike].map(([note, files]) => {
    const [only] = files
    return `  ${files.length === 1 && only ? only.file : countOf(files.length, 'file')}: ${note}`
  })
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function exampleLines(url: string, tenant: TenantView | undefined): string[] {
  const app = tenant?.apps[0]
  if (!tenant || !app) return []
  const insecure = url.startsWith('https') ? ' -k' : ''
  return [
    'Try it:',
    `  TOKEN=$(curl -s${insecure} ${url}/${tenant.id}/oauth2/v2.0/token -d grant_type=client_credentials \\`,
    `    -d client_id=${app.clientId} -d client_secret=${app.secret} -d scope=https://graph.microsoft.com/.default \\`,
    `    | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s${insecure} -H "Authorization: Bearer $TOKEN" '${url}/beta/deviceManagement/configurationPolicies?$expand=assignments&$top=1'`,
    '',
  ]
}
