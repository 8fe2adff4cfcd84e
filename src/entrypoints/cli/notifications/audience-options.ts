/** What a channel is told of, as options of the command line say it. */
import type { ChannelDocument } from '#contract/api/channels.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'

type EndedOutcome = ChannelDocument['outcomes'][number]

const endedOutcomes = [
  'succeeded',
  'partially_succeeded',
  'failed',
  'blocked',
  'cancelled',
] as const satisfies readonly EndedOutcome[]

export interface AudienceOptions {
  outcome?: readonly string[]
  for?: readonly string[]
}

export const audienceOptions: readonly OptionSpec[] = [
  {
    flags: '--outcome <outcome>',
    description: `when a run ends so: ${endedOutcomes.join(', ')}; may be given several times`,
    isList: true,
  },
  { flags: '--for <tenant>', description: 'only runs of this tenant; may be given several times', isList: true },
]

export function outcomesGiven({ outcome }: AudienceOptions): EndedOutcome[] | undefined {
  return outcome?.map((text) => {
    const found = endedOutcomes.find((one) => one === text)
    if (found === undefined)
      throw new Failure('invalid_input', `There is no outcome "${text}"; there are ${endedOutcomes.join(', ')}.`)
    return found
  })
}
