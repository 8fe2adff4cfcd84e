/** What a channel is told of, as options of the command line say it. */
import { endedOutcomes } from '#domain/notifications/channel.ts'
import type { EndedOutcome } from '#domain/notifications/channel.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { TenantId } from '#foundation/kernel/ids.ts'
import type { OptionSpec } from '#entrypoints/cli/command-spec.ts'
import type { Session } from '#entrypoints/cli/session.ts'

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

export function outcomesGiven({ outcome }: AudienceOptions): readonly EndedOutcome[] | undefined {
  return outcome?.map((text) => {
    const found = endedOutcomes.find((one) => one === text)
    if (found === undefined)
      throw new Failure('invalid_input', `There is no outcome "${text}"; there are ${endedOutcomes.join(', ')}.`)
    return found
  })
}

export async function tenantsGiven(session: Session, options: AudienceOptions): Promise<TenantId[] | undefined> {
  if (options.for === undefined) return undefined
  const ids: TenantId[] = []
  for (const text of options.for) ids.push((await session.tenant(text)).tenantId)
  return ids
}
