import { catalog } from '#domain/operations/catalog.ts'
import { parseInput } from '#domain/operations/parse-input.ts'
import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { slotTime, type SlotTime } from '#domain/schedules/decide-slots.ts'
import { jitterPlace } from '#domain/schedules/jitter.ts'
import {
  isSchedulable,
  schedulable,
  schedulableTypes,
  type Schedule,
  type SchedulableType,
} from '#domain/schedules/schedule.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { quoteGiven } from '#foundation/kernel/quote-given.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

/** The type as one that can be scheduled for that scope. @throws Failure `invalid_input` */
export function requireSchedulable(type: string, scope: 'tenant' | 'allTenants'): SchedulableType {
  if (!isSchedulable(type)) {
    throw new Failure(
      'invalid_input',
      `type: ${quoteGiven(type, 'what was given')} cannot be scheduled; what can is ${schedulableTypes.join(', ')}.${didYouMean(type, schedulableTypes)}`,
    )
  }
  const scopes: readonly string[] = schedulable[type]
  if (!scopes.includes(scope))
    throw new Failure('invalid_input', `tenant: ${catalog[type].label} is scheduled for one tenant; name it.`)
  return type
}

/** The input as the operation takes it: what is refused now would be refused at every slot. @throws Failure `invalid_input` */
export function requireInput(type: SchedulableType, input: unknown): unknown {
  return parseInput(type, input)
}

/** @throws Failure `invalid_input` */
export function requireName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > 100 || /\p{Cc}/u.test(trimmed))
    throw new Failure('invalid_input', 'name: a schedule needs a name of 1 to 100 characters, such as "Nightly".')
  return trimmed
}

/** A name is unique among the schedules that people made in a workspace. */
export function nameTaken(name: string): Failure {
  return new Failure(
    'conflict',
    `name: this workspace has a schedule "${name}" already; choose another name. \`tenantatlas schedule list\` shows those taken.`,
  )
}

/** @throws Failure `invalid_input` */
export function requireJitter(seconds: number | null): number | null {
  if (seconds === null || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400)) return seconds
  throw new Failure('invalid_input', `jitter: ${seconds} is not a number of seconds from 0 to 86400.`)
}

export type Timing = Pick<Schedule, 'id' | 'type' | 'tenant' | 'cron' | 'timeZone' | 'jitterSeconds'>

/** The first slot of a schedule after `now`. @throws Failure `invalid_input` for an expression or a time zone that is none */
export function nextSlotOf(workspaceId: WorkspaceId, schedule: Timing, now: Date): SlotTime {
  const slots = cronSlots(schedule)
  return slotTime(
    { slots, place: placeOf(workspaceId, schedule), jitterSeconds: schedule.jitterSeconds },
    slots.after(now),
  )
}

/** Where in its window the schedule starts. One for all tenants starts at once: its run gives each tenant its place. */
export function placeOf(workspaceId: WorkspaceId, schedule: Pick<Timing, 'id' | 'type' | 'tenant'>): number {
  const spreadsItsTenants = schedule.type === 'backup.capture' && schedule.tenant === null
  return spreadsItsTenants ? 0 : jitterPlace(schedule.id, schedule.tenant?.id ?? workspaceId)
}
