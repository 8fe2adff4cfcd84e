import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openProduct } from '#entrypoints/cli/session.ts'

export const work: Command<{ slots?: string }> = async (cli, _args, { slots: slotsText }) => {
  const slots = countOption(slotsText, '--slots', { min: 1, max: 256, default: (await cli.config()).worker.slots })
  await using product = await openProduct(cli, { poolSize: slots + 4 })
  cli.terminal.say(`Working on up to ${slots} runs at once. Ctrl-C finishes the current items and ends.`)
  await product.work({ slots, signal: cli.signal })
}
