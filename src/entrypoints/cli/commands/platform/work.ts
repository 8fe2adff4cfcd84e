import { ensureKey } from '#domain/keys/ensure-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { checkKey } from '#entrypoints/cli/check-key.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'
import { sayConfinement } from '#entrypoints/cli/say-confinement.ts'

export const work: Command<{ slots?: string }> = async (cli, _args, { slots: slotsText }) => {
  const config = await cli.config()
  const slots = countOption(slotsText, '--slots', { min: 1, max: 256, default: config.worker.slots })
  await using product = await openProduct(cli, {
    poolSize: connectionsOf(slots),
    applicationName: 'tenantatlas work',
    doesWork: true,
  })
  await ensureKey(product.db, keyPlaceOf(config))
  const { problem } = await checkKey(product, config)
  if (problem !== undefined) cli.terminal.say(`${cli.terminal.onMessages.paint('red', 'warning:')} ${problem}`)
  await using metrics = await product.serveMetrics({ stopping: cli.signal })
  cli.terminal.say(`Working on up to ${slots} runs at once. Ctrl-C finishes the current items and ends.`)
  sayConfinement(cli, config)
  if (metrics !== undefined) cli.terminal.say(`Metrics: ${metrics.url}/metrics`)
  await product.work({ slots, signal: cli.signal })
}

/** One for each run; eight more for claims, heartbeat, recovery, listening, and what works beside the runs. */
export function connectionsOf(slots: number): number {
  return slots + 8
}
