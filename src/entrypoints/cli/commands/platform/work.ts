import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openProduct } from '#entrypoints/cli/session.ts'

export const work: Command<{ slots?: string }> = async (cli, _args, { slots: slotsText }) => {
  const slots = slotsText === undefined ? (await cli.config()).worker.slots : Number(slotsText)
  if (!Number.isInteger(slots) || slots < 1 || slots > 256) {
    throw new Failure('invalid_input', '--slots must be a whole number from 1 to 256.')
  }
  await using product = await openProduct(cli, { poolSize: slots + 4 })
  cli.terminal.say(`Working on up to ${slots} runs at once. Ctrl-C finishes the current items and ends.`)
  await product.work({ slots, signal: cli.signal })
}
