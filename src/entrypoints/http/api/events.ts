import type { FeedEnd, FeedEvent } from '#contract/api/events.ts'
import { workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const events = {
  follow: os.events.follow.handler(async ({ context, lastEventId }) => {
    const body = await context.feed.follow(workspaceOf(context), lastEventId)
    const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }
    context.outcome.response = new Response(body, { headers })
    return answeredAlready()
  }),
}

/** One encoding for all who follow instead of one for each: what is sent is not made of this. */
function answeredAlready(): AsyncIteratorObject<FeedEvent, FeedEnd, void> {
  return {
    next: () => Promise.resolve({ done: true, value: { reason: 'stopping' } }),
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
