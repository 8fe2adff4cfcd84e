import { badgeOf } from '#contract/badges.ts'
import { clockSeconds, durationWords } from '#contract/moments.ts'

/** An entry of a run's timeline, as far as it is told in words. */
export type ToldEntry =
  | { readonly kind: 'created'; readonly at: Date; readonly by: string; readonly trigger: string }
  | { readonly kind: 'cooldown_overridden'; readonly at: Date; readonly by: string; readonly reason: string | null }
  | {
      readonly kind: 'attempt'
      readonly at: Date
      readonly attempt: number
      readonly worker: string | null
      readonly endedAt: Date | null
      readonly end: string | null
      readonly failure: { readonly message: string } | null
      readonly nextAt: Date | null
    }
  | { readonly kind: 'requeued'; readonly at: Date }
  | { readonly kind: 'cancel_requested'; readonly at: Date; readonly by: string }
  | { readonly kind: 'ended'; readonly at: Date; readonly outcome: string }

/** What happened, in one sentence without its end, and more about it where there is more. */
export interface Told {
  readonly what: string
  readonly more: string | null
}

export function tellEntry(entry: ToldEntry, now: Date): Told {
  switch (entry.kind) {
    case 'created':
      return { what: startedWords(entry), more: null }
    case 'cooldown_overridden':
      return { what: `Cooldown overridden by ${entry.by}`, more: entry.reason }
    case 'requeued':
      return { what: 'Queued again: the queue had lost it', more: null }
    case 'cancel_requested':
      return { what: `Cancel asked for by ${entry.by}`, more: null }
    case 'ended':
      return { what: badgeOf('runOutcome', entry.outcome).word, more: null }
    case 'attempt':
      return { what: attemptWords(entry, now), more: entry.failure?.message ?? null }
  }
}

const startedBy: Readonly<Record<string, (by: string) => string>> = {
  user: (by) => `Started by ${by}`,
  schedule: (by) => `Started by the schedule of ${by}`,
  api: (by) => `Started by ${by} through the API`,
  system: (by) => `Started by TenantAtlas (${by})`,
  reconcile: () => 'Started by the reconciliation of runs',
}

function startedWords({ by, trigger }: { by: string; trigger: string }): string {
  return Object.hasOwn(startedBy, trigger) ? (startedBy[trigger]?.(by) ?? '') : `Started by ${by} (${trigger})`
}

function attemptWords(entry: Extract<ToldEntry, { kind: 'attempt' }>, now: Date): string {
  const { at, attempt, worker, endedAt, end, nextAt } = entry
  const who = `Attempt ${attempt}${worker === null ? '' : ` on ${worker}`}`
  if (endedAt === null || end === null) return `${who}: under way since ${clockSeconds(at, now)}`
  const took = durationWords(endedAt.getTime() - at.getTime())
  return `${who}, ${took}: ${endWords(end)}${nextAt === null || end === 'hand_back' ? '' : nextWords(end, nextAt, now)}`
}

function endWords(end: string): string {
  switch (end) {
    case 'retry':
      return 'failed'
    case 'throttled':
      return 'Microsoft Graph asked to wait'
    case 'hand_back':
      return 'given back, its worker stopped'
    case 'lost':
      return 'its worker was lost'
    default:
      return badgeOf('runOutcome', end).word.toLowerCase()
  }
}

function nextWords(end: string, nextAt: Date, now: Date): string {
  return end === 'throttled' ? ` until ${clockSeconds(nextAt, now)}` : `, tried again at ${clockSeconds(nextAt, now)}`
}
