/** What a channel is told of, as options of the command line say it. */
import type { ChannelDocument } from '#contract/api/channels.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'

type EndedOutcome = ChannelDocument['outcomes'][number]
type ToldEvent = ChannelDocument['events'][number]

const toldEvents = [
  'run.completed',
  'credential.expiring',
  'credential.expired',
] as const satisfies readonly ToldEvent[]

const endedOutcomes = [
  'succeeded',
  'partially_succeeded',
  'failed',
  'blocked',
  'cancelled',
] as const satisfies readonly EndedOutcome[]

export interface AudienceOptions {
  event?: readonly string[]
  outcome?: readonly string[]
  for?: readonly string[]
}

export const audienceOptions: readonly OptionSpec[] = [
  {
    flags: '--event <event>',
    description: `what it is told of: ${toldEvents.join(', ')}; may be given several times`,
    isList: true,
  },
  {
    flags: '--outcome <outcome>',
    description: `when a run ends so: ${endedOutcomes.join(', ')}; may be given several times`,
    isList: true,
  },
  { flags: '--for <tenant>', description: 'only what is of this tenant; may be given several times', isList: true },
]

export function eventsGiven({ event }: AudienceOptions): ToldEvent[] | undefined {
  return event?.map((text) => {
    const found = toldEvents.find((one) => one === text)
    if (found === undefined)
      throw new Failure('invalid_input', `There is no event "${text}"; there are ${toldEvents.join(', ')}.`)
    return found
  })
}

export function outcomesGiven({ outcome }: AudienceOptions): EndedOutcome[] | undefined {
  return outcome?.map((text) => {
    const found = endedOutcomes.find((one) => one === text)
    if (found === undefined)
      throw new Failure('invalid_input', `There is no outcome "${text}"; there are ${endedOutcomes.join(', ')}.`)
    return found
  })
}
