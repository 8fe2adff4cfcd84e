/** The database acts, and its answer is lost on the way. */
import { statements } from '../blow.ts'
import type { BlowOf } from '../blow.ts'
import { LossyProxy } from '../lossy-proxy.ts'
import type { Play } from '../play.ts'
import type { Started } from '../starter.ts'

export async function answerLost(play: Play, { to, at }: BlowOf<'answer_lost'>): Promise<boolean> {
  await using proxy = await LossyProxy.open(play.stage.url)
  if (to === 'start') return await startAnswerLost(play, proxy)
  const runId = await play.start({ attempts: { least: to === 'release' ? 2 : 1 } })
  if (to === 'release' || to === 'renew') await play.slowDown()
  proxy.loseAnswerTo(statements[to], at)
  const worker = await play.worker({ databaseUrl: proxy.url })
  if (to === 'release') {
    await play.untilMidRun(worker, runId, 1)
    await worker.stop()
  } else await play.untilEnded(runId)
  await play.graph([])
  await play.finish(worker)
  return proxy.losses === 1
}

async function startAnswerLost(play: Play, proxy: LossyProxy): Promise<boolean> {
  await using starter = await play.stage.spawnStarter({ databaseUrl: proxy.url })
  proxy.loseAnswerTo(statements.start, 1)
  starter.say(JSON.stringify({ ...play.order(), times: 1 }))
  const [started] = JSON.parse((await starter.line()) ?? '[]') as Started[]
  // Whoever is refused has started nothing: a run that is there all the same is one that nobody started.
  if (started === undefined || started.disposition === 'refused') return proxy.losses === 1
  play.answered('first', started)
  await play.start()
  return proxy.losses === 1 && started.disposition === 'created'
}
