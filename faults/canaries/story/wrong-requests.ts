/** Secrets where they do not belong: what people paste, and what broken clients send. */
import type { Stage } from '../stage.ts'
import { apiOf, slug, type SignedIn } from './sign-in.ts'

export async function sendWrongly(stage: Stage, { cookie, apiKey, password }: SignedIn): Promise<void> {
  const mistaken = stage.canaries.makePlain('secret in a wrong place')
  for (const secret of [mistaken, apiKey, password]) {
    await inHeaders(stage, secret)
    await inAddresses(stage, secret, cookie)
    await inBodies(stage, secret, cookie)
    await onTheCommandLine(stage, secret)
  }
}

async function inHeaders({ recorder, pageUrl }: Stage, secret: string): Promise<void> {
  const safe = encodeURIComponent(secret)
  const headers: readonly Record<string, string>[] = [
    { authorization: `Basic ${Buffer.from(`user:${secret}`).toString('base64')}` },
    { authorization: `Token ${safe}` },
    { authorization: safe },
    { authorization: `Bearer ${safe}x` },
    { cookie: `tenantatlas=${safe}x; tenantatlas-system=${safe}; tenantatlas-sign-in=${safe}` },
    { 'x-api-key': safe, 'x-request-id': safe, 'user-agent': safe, referer: `http://localhost/${safe}` },
    { 'x-forwarded-for': safe, 'accept-language': safe, 'if-none-match': safe },
    { origin: `http://${safe.replaceAll(/\W/g, '')}.example` },
  ]
  for (const one of headers) {
    for (const path of ['/api/v1/me', `/api/v1/workspaces/${slug}/tenants`, '/', '/sign-in/callback'])
      await recorder.ask('GET', `${pageUrl}${path}`, { headers: one, as: 'a request with a secret in a header' })
    const asked = { headers: one, body: { name: 'x' }, as: 'a change with a secret in a header' }
    await recorder.ask('POST', `${pageUrl}/api/v1/workspaces/${slug}/tenants`, asked)
  }
}

async function inAddresses(stage: Stage, secret: string, cookie: string): Promise<void> {
  const { recorder, pageUrl, metricsPort } = stage
  const safe = encodeURIComponent(secret)
  const paths = [
    `/api/v1/me?token=${safe}`,
    `/api/v1/${safe}`,
    `/api/v1/workspaces/${safe}`,
    `/api/v1/workspaces/${slug}/tenants/${safe}`,
    `/api/v1/workspaces/${slug}/runs/${safe}`,
    `/api/v1/workspaces/${slug}/runs?cursor=${safe}`,
    `/api/v1/workspaces/${slug}/runs?status=${safe}`,
    `/api/v1/workspaces/${slug}/runs?limit=${safe}&${safe}=1`,
    `/api/v1/workspaces/${slug}/audit?since=${safe}`,
    `/api/v1/workspaces/${slug}/events?token=${safe}&lastEventId=${safe}`,
    `/w/${safe}`,
    `/docs/errors/${safe}`,
    `/sign-in?return_to=${safe}`,
    `/setup?token=${safe}`,
    `/sign-in/callback?code=${safe}&state=${safe}`,
    `/${safe}`,
  ]
  for (const path of paths)
    for (const headers of [{}, { cookie }])
      await recorder.ask('GET', `${pageUrl}${path}`, { headers, as: 'an address with a secret in it' })
  await recorder.ask('GET', `http://127.0.0.1:${metricsPort}/${safe}?token=${safe}`, {
    as: 'metrics asked with a secret',
  })
}

async function inBodies(stage: Stage, secret: string, cookie: string): Promise<void> {
  const { ask } = apiOf(stage, { cookie })
  const place = { as: 'a body with a secret in a wrong place' }
  const bodies: readonly unknown[] = [
    `{"password":"${secret}`,
    secret,
    { [secret]: secret },
    { name: { secret }, entraTenantId: secret },
    { name: 'x', entraTenantId: secret },
    { kind: secret, url: secret },
    { name: 'x', kind: 'webhook', url: `https://user:${secret}@example.com/` },
    {
      name: 'mail',
      receiver: { kind: 'email', host: 'mail.example.com', from: secret, to: [secret], password: secret },
    },
    { name: 'hook', receiver: { kind: 'webhook', url: `http://[${secret}` } },
    { name: 'hook', receiver: { kind: 'webhook', url: `https://user:${secret}@example.com/` } },
    { name: 'teams', receiver: { kind: 'teams', url: secret } },
    { name: 'teams', receiver: { kind: 'teams', url: `https://10.0.0.1/${encodeURIComponent(secret)}` } },
    { cron: '0 3 * * *', timeZone: 'Europe/Berlin', name: 'x', type: secret },
    { capabilities: [secret], name: 'x', tenants: [secret] },
    { token: secret },
    { deviceToken: secret },
  ]
  const paths = ['tenants', 'channels', 'api-keys', 'invitations', 'schedules'].map(
    (path) => `/workspaces/${slug}/${path}`,
  )
  for (const body of bodies) {
    for (const path of [...paths, '/sign-in/local', '/sign-in/device/token', '/sign-in/invitation', '/sign-in/setup'])
      await ask('POST', path, { body, ...place })
    await ask('POST', '/sign-in/local', { body, headers: { 'content-type': 'text/plain' }, ...place })
  }
  const repeated = { headers: { 'idempotency-key': `${encodeURIComponent(secret)} x` }, body: { name: 'x' }, ...place }
  await ask('POST', `/workspaces/${slug}/tenants`, repeated)
}

async function onTheCommandLine({ recorder, env }: Stage, secret: string): Promise<void> {
  const place = 'a command that names a secret'
  const commands = [
    ['connection', 'set', '--tenant', 'Contoso', '--reader-client-id', 'x', '--reader-secret', secret],
    ['channel', 'add', 'mail', '--kind', 'email', '--password', secret],
    ['login', `https://ada:${secret}@atlas.example.com`],
    ['login', secret],
  ]
  for (const command of commands) await recorder.run([...command, '-o', 'json'], env, place)
}
