/** Tenants connected by every kind of credential, right and wrong; runs; channels whose receivers say everything back. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { givenMailServer } from '#domain/notifications/testing-mail-server.ts'
import { homeTenant } from '../../../simulator/people.ts'
import type { Stage } from '../stage.ts'
import { slug, type apiOf } from './sign-in.ts'

type Api = ReturnType<typeof apiOf>

export async function connectTenants(stage: Stage, owner: Api): Promise<void> {
  const { canaries, simulator, relay, given } = stage
  for (const { name, id } of simulator.tenants)
    if (name !== homeTenant.name) await owner.must('POST', `/workspaces/${slug}/tenants`, { name, entraTenantId: id })
  const at = ['--authority-url', relay.url, '--graph-url', relay.url]
  const file = async (name: string, content: string) => {
    const path = join(given, name)
    await writeFile(path, content)
    return path
  }
  const secretOf = async (tenant: string, app: 'reader' | 'writer') => {
    const secret = canaries.make(`client secret of a ${app}`)
    const { permissions } = appOf(stage, tenant, app)
    const { clientId } = await simulator.control.registerApp(tenant, { name: app, permissions, secret })
    return [`--${app}-client-id`, clientId, `--${app}-secret-file`, await file(`${tenant}-${app}`, secret)]
  }
  const set = (tenant: string, ...options: string[]) =>
    stage.recorder.run(['connection', 'set', '--tenant', tenant, ...at, ...options], stage.env)

  await set('Contoso', ...(await secretOf('Contoso', 'reader')), ...(await secretOf('Contoso', 'writer')))
  const pem = await certificateOf(stage, 'Fabrikam')
  const { clientId: certified } = appOf(stage, 'Fabrikam', 'reader')
  await set('Fabrikam', '--reader-client-id', certified, '--reader-certificate', await file('certificate.pem', pem))
  await file('federated-token', canaries.makePlain('federated token'))
  await set('Fabrikam', '--writer-client-id', appOf(stage, 'Fabrikam', 'writer').clientId, '--writer-federated')
  const wrong = await file('wrong', canaries.make('wrong client secret'))
  await set(
    'Tailspin',
    '--reader-client-id',
    appOf(stage, 'Tailspin', 'reader').clientId,
    '--reader-secret-file',
    wrong,
  )
  await set('Litware', ...(await secretOf('Litware', 'reader')))
  // No certificate in it, and a private key that is cut.
  const [begin = ''] = pem.split('-----END')
  for (const broken of [
    await file('no-certificate.pem', pem.slice(0, pem.indexOf('CERTIFICATE') - 11)),
    await file('cut.pem', begin),
  ])
    await set('Tailspin', '--writer-client-id', certified, '--writer-certificate', broken)
}

function appOf({ simulator }: Stage, tenant: string, app: string) {
  const found = simulator.tenants.find(({ name }) => name === tenant)?.apps.find(({ name }) => name === app)
  if (found === undefined) throw new TypeError(`the simulated tenant ${tenant} has an app "${app}"`)
  return found
}

async function certificateOf({ canaries, simulator, ...stage }: Stage, tenant: string): Promise<string> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'canary' }], { keySize: 2048 })
  const { permissions } = appOf({ canaries, simulator, ...stage }, tenant, 'reader')
  await simulator.control.registerApp(tenant, { name: 'reader', permissions, certificatePem: cert })
  canaries.learnPrivateKey('private key of a certificate', key)
  return `${key}\n${cert}`
}

/** Syncs, backup, wreckage, restore; then what is refused, and what is said back. */
export async function runEverything(stage: Stage): Promise<void> {
  const { recorder, env, simulator, relay } = stage
  const ta = (...args: string[]) => recorder.run([...args, '--workspace', slug], env)
  const names = simulator.tenants.map(({ name }) => name).filter((name) => name !== homeTenant.name)
  await Promise.all(names.map((name) => ta('connection', 'verify', '--tenant', name)))
  await Promise.all(names.map((name) => ta('inventory', 'sync', '--tenant', name)))
  await ta('backup', 'create', '--tenant', 'Contoso')
  await wreck(stage)
  await ta('restore', 'plan', '--tenant', 'Contoso', '-o', 'json')
  const { stdout } = await ta('restore', 'list', '--tenant', 'Contoso', '-o', 'json')
  const [plan] = JSON.parse(stdout) as { id: string }[]
  const applied = await ta(
    'restore',
    'apply',
    plan?.id ?? '',
    '--tenant',
    'Contoso',
    '--confirm',
    'Contoso',
    '-o',
    'json',
  )
  if (applied.exitCode !== 0) throw new Error(`nothing was restored:\n${applied.stderr}`)
  await ta(
    'connection',
    'certificate',
    '--tenant',
    'Tailspin',
    '--client-id',
    appOf(stage, 'Tailspin', 'reader').clientId,
  )
  for (const echoes of [['graph'], ['token'], ['token', 'graph']] as const) {
    relay.echoes = echoes
    await Promise.all([
      ta('inventory', 'sync', '--tenant', 'Litware'),
      ta('connection', 'verify', '--tenant', 'Litware'),
      ta('connection', 'verify', '--tenant', 'Fabrikam'),
    ])
  }
  relay.echoes = []
}

async function wreck({ simulator: { control } }: Stage): Promise<void> {
  const objects = await control.objects('Contoso')
  const assigned = objects.filter(({ assignments }) => assignments.length > 0).slice(0, 3)
  for (const { collection, id } of assigned)
    await control.change('Contoso', [{ action: 'setAssignments', collection, id, assignments: [] }])
}

/** One channel of each kind and one test of each. */
export async function tellReceivers(stage: Stage, owner: Api): Promise<void> {
  const { canaries, receiver, recorder, env } = stage
  await using mail = await givenMailServer()
  const password = canaries.make('password of a mail server')
  const said = Buffer.from(`\0mailer\0${password}`).toString('base64')
  mail.answers.set('AUTH', `535 5.7.8 not authenticated: ${said} ${password}`)
  const url = `${receiver.url}/workflows/${canaries.makePlain('address of a Teams workflow')}/triggers?sig=${canaries.makePlain('signature of a Teams workflow')}`
  const email = { kind: 'email', host: '127.0.0.1', port: mail.port, security: 'none', username: 'mailer', password }
  const receivers = [
    { kind: 'webhook', url: `${receiver.url}/hook` },
    { kind: 'teams', url },
    { ...email, from: 'atlas@example.com', to: ['ops@example.com'] },
  ]
  for (const one of receivers) {
    const { body } = await owner.must('POST', `/workspaces/${slug}/channels`, { name: one.kind, receiver: one })
    if (body['signingSecret'] !== undefined) canaries.learn('webhook signing secret', body['signingSecret'])
    if (one.kind === 'webhook') {
      const rotated = await owner.must('POST', `/workspaces/${slug}/channels/${body['id']}/rotate-secret`)
      canaries.learn('webhook signing secret', rotated.body['signingSecret'] ?? '')
    }
    await recorder.run(['channel', 'test', one.kind, '-o', 'json'], env)
  }
}
