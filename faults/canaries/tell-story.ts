/** The life of an installation with secrets of every kind, real processes and no mercy; everything said is kept. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readdir } from 'node:fs/promises'
import { dumpDatabase } from './dump-database.ts'
import type { Source } from './find-canaries.ts'
import { filesIn, type Stage } from './stage.ts'
import { breakDown } from './story/break-down.ts'
import { lookAround } from './story/look-around.ts'
import { apiOf, comeAsOperator, signInEveryWay } from './story/sign-in.ts'
import { connectTenants, runEverything, tellReceivers } from './story/work.ts'
import { sendWrongly } from './story/wrong-requests.ts'

/** Resolves to everything that was left behind. */
export async function tellStory(stage: Stage, tell: (chapter: string) => void): Promise<Source[]> {
  const { recorder, env } = stage
  const quiet = { ...env, TENANTATLAS_METRICS_PORT: '0' }
  tell('the first start')
  await recorder.run(['migrate'], env)
  const serve = recorder.start(['serve'], env)
  const said = await serve.untilSaid('Metrics:')
  const worker = recorder.start(['work'], quiet)
  await worker.untilSaid('Working on')
  tell('everybody signs in')
  const signedIn = await signInEveryWay(stage, /\/setup#(\S+)/.exec(said)?.[1] ?? '')
  const owner = apiOf(stage, { cookie: signedIn.cookie })
  await comeAsOperator(stage)
  tell('tenants are connected, observed, backed up, restored')
  await connectTenants(stage, owner)
  await tellReceivers(stage, owner)
  await runEverything(stage)
  tell('secrets are sent where they do not belong')
  await sendWrongly(stage, signedIn)
  tell('everything breaks')
  const second = await breakDown(stage, signedIn, worker)
  await learnKeys(stage)
  tell('everything is looked at')
  await lookAround(stage, signedIn)
  for (const program of [second, serve]) {
    program.child.kill('SIGTERM')
    await program.exited
  }
  return [
    ...recorder.sources,
    ...(await dumpDatabase(stage.pool)),
    ...(await filesIn(stage.dataDir, { but: 'keys' })),
    ...(await filesIn(stage.temporary)),
    { place: 'log of PostgreSQL', content: await databaseLog(stage) },
  ]
}

/** The keys of the installation, as its files hold them. */
async function learnKeys({ dataDir, canaries }: Stage): Promise<void> {
  const folder = join(dataDir, 'keys')
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    if (name.endsWith('.private')) canaries.learnPrivateKey('private key of credentials', text)
    if (name === 'audit.key') canaries.learnPrivateKey('key of the audit log', text)
    if (name === 'sign-in.key') canaries.learn('key of second factors', Buffer.from(text.trim(), 'base64url'))
  }
}

async function databaseLog({ pool }: Stage): Promise<Buffer> {
  const { rows } = await pool.query<{ data_directory: string }>('show data_directory')
  return readFile(join(rows[0]?.data_directory ?? '', '../server.log'))
}
