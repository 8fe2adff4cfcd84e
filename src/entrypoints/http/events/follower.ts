import type { FeedEnd } from '#contract/api/events.ts'
import type { Admission, WorkspaceContext } from '#foundation/kernel/context.ts'
import { encodeEnd } from '#entrypoints/http/events/encode-events.ts'

/** Somebody who follows a workspace: the scope they were let into, by what, and the stream they read. */
export interface Follower {
  readonly ctx: WorkspaceContext
  readonly admission: Admission
  readonly stream: ReadableStream<Uint8Array>
  readonly isOver: boolean
  /** Ends the stream of who does not read what was written; they resume where they were. */
  write(chunk: Uint8Array): void
  end(reason: FeedEnd['reason']): void
}

const mostUnreadBytes = 1_000_000

/**
 * `onGone` is called once, whoever ends it.
 * @throws TypeError for a scope without an admission
 */
export function createFollower(ctx: WorkspaceContext, onGone: () => void): Follower {
  const { admission } = ctx
  if (admission === undefined) throw new TypeError('events are followed by who was let in')
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const gone = () => {
    controller = undefined
    onGone()
  }
  const stream = new ReadableStream<Uint8Array>(
    { start: (own) => void (controller = own), cancel: gone },
    new ByteLengthQueuingStrategy({ highWaterMark: mostUnreadBytes }),
  )
  function end(reason: FeedEnd['reason']): void {
    if (controller === undefined) return
    controller.enqueue(encodeEnd({ reason }))
    controller.close()
    gone()
  }
  return {
    ctx,
    admission,
    stream,
    end,
    get isOver() {
      return controller === undefined
    },
    write: (chunk) => {
      if (controller === undefined || chunk.byteLength === 0) return
      if ((controller.desiredSize ?? 0) < 0) end('too_slow')
      else controller.enqueue(chunk)
    },
  }
}
