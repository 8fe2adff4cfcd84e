import { createHash } from 'node:crypto'
import type { FeedEvent } from '#contract/api/events.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import type { RunDocument } from '#entrypoints/documents/run-document.ts'

type RunEvent = Extract<FeedEvent, { run: unknown }>

/** What was told of a run last: all of it, and all but its progress. */
interface Told {
  readonly whole: string
  readonly rest: string
}

const mostRemembered = 5_000

/** Makes events of runs and leaves out what was told already. */
export function createRunEvents(): { of(run: RunView, isNew: boolean): RunEvent[] } {
  const told = new Map<string, Told>()
  return {
    of: (run, isNew) => {
      const document = runDocument(run)
      const before = told.get(run.id)
      const now = { whole: digest(document), rest: digest({ ...document, progress: null }) }
      if (before?.whole === now.whole) return []
      told.delete(run.id)
      told.set(run.id, now)
      if (told.size > mostRemembered) told.delete(told.keys().next().value ?? '')
      return [
        {
          kind: kindOf(document, { isNew: isNew && before === undefined, onlyProgress: before?.rest === now.rest }),
          run: document,
        },
      ]
    },
  }
}

/** For who was away: as it is now. */
export function runEvent(run: RunView, isNew: boolean): RunEvent {
  const document = runDocument(run)
  return { kind: kindOf(document, { isNew, onlyProgress: false }), run: document }
}

function kindOf(
  { status }: RunDocument,
  { isNew, onlyProgress }: { readonly isNew: boolean; readonly onlyProgress: boolean },
): RunEvent['kind'] {
  if (status === 'completed') return 'run.ended'
  if (isNew) return 'run.created'
  return onlyProgress ? 'run.progress' : 'run.changed'
}

function digest(document: RunDocument): string {
  return createHash('sha1').update(JSON.stringify(document)).digest('base64')
}
