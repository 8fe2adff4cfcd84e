import type { FeedEnd, FeedEvent } from '#contract/api/events.ts'

const utf8 = new TextEncoder()

/**
 * Events as `text/event-stream`. Only the last one carries the id of the place up to which they tell: whoever is cut off
 * in the middle resumes from before all of them.
 */
export function encodeEvents(events: readonly FeedEvent[], place?: number): Uint8Array {
  const messages = events.map((event, index) => {
    const id = place !== undefined && index === events.length - 1 ? `id: ${place}\n` : ''
    return `event: message\n${id}data: ${JSON.stringify(event)}\n\n`
  })
  return utf8.encode(messages.join(''))
}

/** The last message of a stream that the server ends. */
export function encodeEnd(end: FeedEnd): Uint8Array {
  return utf8.encode(`event: done\ndata: ${JSON.stringify(end)}\n\n`)
}

/** A comment: proxies and clients see that the connection lives. */
export const heartbeat = utf8.encode(':\n\n')
