import { durationWords } from '#contract/moments.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { setStage } from '#entrypoints/cli/demo/stage.ts'
import { tellStory } from '#entrypoints/cli/demo/story.ts'
import type { Ending } from '#entrypoints/cli/demo/story.ts'
import type { Verdict } from '#entrypoints/cli/demo/verdict.ts'
import { createVerdict } from '#entrypoints/cli/demo/verdict.ts'
import { createWitness } from '#entrypoints/cli/demo/witness.ts'

interface Options {
  json?: true
  load?: string
}

/** Tells the whole story on an installation of its own; fails when one of its claims does not hold. */
export const demo: Command<Options> = async (cli, _args, { json, load }) => {
  const { terminal } = cli
  const beganAt = performance.now()
  const verdict = createVerdict(terminal)
  terminal.say('Setting up a database, a simulated tenant and a worker of their own …')
  const ending = await playOnStage(cli, { load, verdict })
  const tookMs = performance.now() - beganAt
  verdict.begin('demo')
  verdict.atMost('the whole story takes at most a minute (seconds)', Math.round(tookMs / 100) / 10, 60)
  const held = verdict.checks.filter(({ ok }) => ok).length
  const ok = held === verdict.checks.length
  terminal.say(
    `\n${held} of ${verdict.checks.length} claims hold, checked against the journal of the simulated cloud, in ${durationWords(tookMs)}.`,
  )
  if (json) terminal.data(`${JSON.stringify({ ok, checks: verdict.checks, ...ending })}\n`)
  return ok ? exitCodes.ok : exitCodes.failed
}

async function playOnStage(
  cli: Cli,
  { load, verdict }: { readonly load: string | undefined; readonly verdict: Verdict },
): Promise<Ending> {
  await using stage = await setStage(cli, { load })
  const witness = createWitness(stage.control, stage.entraTenantId)
  return await tellStory({ cli, stage, witness, verdict })
}
