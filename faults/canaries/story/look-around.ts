/** Everything that can be looked at: all reads of the API, the pages, the commands that show, exports, metrics. */
import type { Stage } from '../stage.ts'
import { slug } from './sign-in.ts'

const commands = [
  'doctor',
  'whoami',
  'profile list',
  'workspace list',
  'workspace show',
  'member list',
  'member invitations',
  'api-key list',
  'tenant list',
  'policy types',
  'run list',
  'queue show',
  'worker list',
  'notification list',
  'channel list',
  'channel deliveries',
  'schedule list',
  'retention show',
  'key list',
  'key check',
  'audit list',
  'audit verify',
  'audit export',
]
const commandsOfTenants = ['tenant show', 'connection show', 'policy list', 'backup list', 'restore list']

export async function lookAround(stage: Stage, { cookie }: { readonly cookie: string }): Promise<void> {
  await readApi(stage, cookie)
  const { recorder, pageUrl, metricsPort, env } = stage
  for (const path of [
    '/',
    `/w/${slug}`,
    `/w/${slug}/inbox`,
    '/setup',
    '/sign-in',
    '/invitation',
    '/system/setup',
    '/device',
  ])
    await recorder.ask('GET', `${pageUrl}${path}`, { headers: { cookie } })
  for (const path of ['metrics', 'healthz', 'readyz'])
    await recorder.ask('GET', `http://127.0.0.1:${metricsPort}/${path}`)
  const show = ['webhook', 'teams', 'email'].map((name) => ['channel', 'show', name])
  const runs = await recorder.run(['run', 'list', '-o', 'json', '--limit', '100'], env)
  const { items } = JSON.parse(runs.stdout) as { items: { id: string; outcome: string }[] }
  const failed = items.filter(({ outcome }) => outcome !== 'succeeded').slice(0, 12)
  const all = [
    ...commands.map((words) => words.split(' ')),
    ...show,
    ...failed.map(({ id }) => ['run', 'show', id, '--items']),
    ...['Contoso', 'Fabrikam', 'Tailspin'].flatMap((tenant) =>
      commandsOfTenants.map((words) => [...words.split(' '), '--tenant', tenant]),
    ),
  ]
  const quiet = { ...env, TENANTATLAS_METRICS_PORT: '0' }
  // Two at a time: most of each is the start of a process.
  const waiting = all.values()
  const runRest = async () => {
    for (const command of waiting) await recorder.run([...command, '-o', 'json'], quiet)
  }
  await Promise.all([runRest(), runRest()])
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Every path that is read, of the first tenant, run, backup … its lists name. */
async function readApi({ recorder, pageUrl }: Stage, cookie: string): Promise<void> {
  const api = `${pageUrl}/api/v1`
  const { body } = await recorder.ask('GET', `${api}/openapi.json`)
  const known = new Map([['workspace', slug]])
  const paths = Object.entries((body as OpenApi).paths).filter(
    ([path, item]) => 'get' in item && !path.endsWith('/events'),
  )
  for (const [path] of paths.toSorted(([a], [b]) => depthOf(a) - depthOf(b))) {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known.get(name) ?? crypto.randomUUID())
    const answer = await recorder.ask('GET', `${api}${filled}`, { headers: { cookie }, as: `GET /api/v1${path}` })
    const items = (answer.body as { items?: { id?: string }[] } | undefined)?.items
    const name = path.split('/').at(-1)?.replace(/s$/, '') ?? ''
    if (items?.[0]?.id !== undefined && !known.has(name)) known.set(name, items[0].id)
  }
}

function depthOf(path: string): number {
  return path.split('/').length
}
