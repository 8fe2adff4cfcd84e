/** What nobody expects: answers without sense, tables that are gone, a database that stops, a worker that is killed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kill } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Program } from '../recorder.ts'
import type { Stage } from '../stage.ts'
import { apiOf, slug, type SignedIn } from './sign-in.ts'

/** Returns the worker that goes on. */
export async function breakDown(stage: Stage, signedIn: SignedIn, worker: Program): Promise<Program> {
  await answerWithoutSense(stage)
  const second = await killWorker(stage, worker)
  await loseTables(stage, signedIn)
  await stopDatabase(stage, signedIn)
  await callWrongly(stage)
  return second
}

async function answerWithoutSense({ simulator: { control }, recorder, env }: Stage): Promise<void> {
  const effects = ['malformedJson', 'wrongTypes', 'nullArrays', 'html'] as const
  for (const kind of effects) {
    await control.setFaults({ faults: [{ match: { kind: 'graph' }, count: 30, effect: { kind } }] })
    await recorder.run(['inventory', 'sync', '--tenant', 'Litware'], env)
  }
  await control.setFaults({
    faults: [{ match: { kind: 'token' }, count: 3, effect: { kind: 'tokenError', code: 7000215 } }],
  })
  await recorder.run(['connection', 'verify', '--tenant', 'Contoso'], env)
  await control.clearFaults()
}

/** In the middle of a run, which another one takes over. */
async function killWorker({ recorder, env, simulator: { control } }: Stage, worker: Program): Promise<Program> {
  await control.changeSettings({ latencyMs: 200 })
  const sync = recorder.run(['inventory', 'sync', '--tenant', 'Contoso'], env)
  await pause(2_000)
  worker.child.kill('SIGKILL')
  await worker.exited
  await control.changeSettings({ latencyMs: 0 })
  const second = recorder.start(['work'], { ...env, TENANTATLAS_METRICS_PORT: '0' })
  await sync
  return second
}

/** Every statement on these fails in a way nobody expects. */
async function loseTables(stage: Stage, { cookie, apiKey, password }: SignedIn): Promise<void> {
  const { pool, recorder, pageUrl, env } = stage
  const owner = apiOf(stage, { cookie })
  const tables = ['sessions', 'local_accounts', 'api_keys', 'channel_secrets', 'credentials', 'audit_entries']
  for (const table of tables) {
    await pool.query(`alter table ${table} rename to ${table}_gone`)
    await owner.ask('GET', '/me')
    await apiOf(stage, { authorization: `Bearer ${apiKey}` }).ask('GET', `/workspaces/${slug}/tenants`)
    await owner.ask('POST', '/sign-in/local', { body: { loginName: 'ada', password, code: '123456', returnTo: '/' } })
    const url = `${stage.receiver.url}/${stage.canaries.makePlain('address of a Teams workflow')}`
    await owner.ask('POST', `/workspaces/${slug}/channels`, {
      body: { name: 'lost', receiver: { kind: 'teams', url } },
    })
    await recorder.ask('GET', `${pageUrl}/w/${slug}`, { headers: { cookie } })
    const secretFile = join(stage.given, 'Contoso-reader')
    const set = ['--reader-client-id', crypto.randomUUID(), '--reader-secret-file', secretFile]
    if (table === 'credentials') await recorder.run(['connection', 'set', '--tenant', 'Contoso', ...set], env)
    await pool.query(`alter table ${table}_gone rename to ${table}`)
  }
}

/** As a power cut does, while it is asked; it comes back by itself. */
async function stopDatabase(stage: Stage, { cookie, apiKey, password }: SignedIn): Promise<void> {
  const { rows } = await stage.pool.query<{ data_directory: string }>('show data_directory')
  const [pid = ''] = (await readFile(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8')).split('\n')
  kill(Number(pid), 'SIGQUIT')
  const body = { loginName: 'ada', password, code: '123456', returnTo: '/' }
  for (const headers of [{ cookie }, { authorization: `Bearer ${apiKey}` }]) {
    const api = apiOf(stage, headers)
    await Promise.all([
      api.ask('GET', '/me').catch(() => undefined),
      api.ask('POST', '/sign-in/local', { body }).catch(() => undefined),
      stage.recorder.run(['tenant', 'list', '-o', 'json'], stage.env),
    ])
  }
  for (let tries = 0; tries < 100; tries += 1) {
    const isBack = await stage.pool.query('select 1').then(
      () => true,
      () => false,
    )
    if (isBack) return
    await pause(200)
  }
  throw new Error('the database did not come back')
}

/** With an environment that is wrong in each way that holds a secret. */
async function callWrongly({ recorder, env, canaries, given }: Stage): Promise<void> {
  const password = canaries.makePlain('password of a wrong DATABASE_URL')
  const { host, pathname } = new URL(env.DATABASE_URL)
  const urls = [
    `postgres://canary:${password}@${host}${pathname}`,
    `postgres://canary:${password}@127.0.0.1:1${pathname}`,
    `postgres://canary:${password}@[nowhere${pathname}`,
    `postgres://canary:${password}@127.0.0.1:port${pathname}`,
    `postgres://canary:${password}@no-such-host.invalid${pathname}`,
    `postgres://${host}${pathname}?user=canary&password=${password}`,
    `postgres://canary:${password}@${host}${pathname}?sslmode=verify-full&sslrootcert=/nowhere`,
    `postgres://canary:${password}%zz@${host}${pathname}`,
    `mysql://canary:${password}@${host}${pathname}`,
  ]
  for (const DATABASE_URL of urls)
    await Promise.all(
      [['doctor'], ['worker', 'list', '-o', 'json'], ['migrate']].map((command) =>
        recorder.run(command, { ...env, DATABASE_URL, TENANTATLAS_METRICS_PORT: '0' }),
      ),
    )
  const clientSecret = canaries.make('wrong client secret of sign-in')
  const wrongs: readonly NodeJS.ProcessEnv[] = [
    { TENANTATLAS_ENTRA_CLIENT_SECRET: clientSecret, TENANTATLAS_ENTRA_CLIENT_SECRET_FILE: clientSecret },
    { TENANTATLAS_ENTRA_CLIENT_ID: clientSecret },
    { TENANTATLAS_CREDENTIALS_KEY_FILE: join(given, 'certificate.pem') },
    { TENANTATLAS_CREDENTIALS_KEY_FILE: join(given, 'Contoso-reader') },
    { TENANTATLAS_ENTRA_CLIENT_SECRET: '', TENANTATLAS_ENTRA_CERTIFICATE_FILE: join(given, 'cut.pem') },
  ]
  for (const wrong of wrongs)
    await Promise.all(
      [['doctor'], ['key', 'check']].map((command) =>
        recorder.run(command, { ...env, TENANTATLAS_METRICS_PORT: '0', ...wrong }),
      ),
    )
  const key = canaries.make('wrong API key')
  for (const TENANTATLAS_API_KEY of [key, `ta_${canaries.makePlain('wrong API key')}`])
    await recorder.run(['whoami'], { ...env, TENANTATLAS_URL: env.TENANTATLAS_PUBLIC_URL, TENANTATLAS_API_KEY })
}
