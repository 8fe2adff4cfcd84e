import { chunksOf, groupIdsOf, readList, valueOf } from './peer-session.ts'
import type { PeerSession } from './peer-session.ts'

/**
 * Lists a collection, then asks for assignments and group names twenty to a `$batch`, and again for the parts that were
 * throttled: how the backup tools that know `$batch` do it. Group ids are asked for once each, which not all of them do.
 */
export async function batchOfTwenty(session: PeerSession, collections: readonly string[]): Promise<number> {
  const assignments: Record<string, unknown>[] = []
  for (const collection of collections) {
    const ids = (await readList(session, collection)).map((policy) => String(policy['id']))
    assignments.push(
      ...(
        await readAll(
          session,
          ids.map((id) => `${collection}/${id}/assignments`),
        )
      ).flatMap(valueOf),
    )
  }
  await readAll(
    session,
    groupIdsOf(assignments).map((id) => `/groups/${id}?$select=id,displayName`),
  )
  return assignments.length
}

async function readAll(session: PeerSession, urls: readonly string[]): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = []
  for (const chunk of chunksOf(urls, 20)) {
    for (let left: readonly string[] = chunk; left.length > 0;) {
      const answers = await sendBatch(session, left)
      bodies.push(...answers.filter(({ status }) => status === 200).map(({ body }) => body))
      const throttled = answers.filter(({ status }) => status === 429 || status === 503)
      left = throttled.map(({ url }) => url)
      if (throttled.length > 0) await session.pause(Math.max(...throttled.map(({ retryAfterMs }) => retryAfterMs)))
    }
  }
  return bodies
}

interface BatchAnswer {
  readonly url: string
  readonly status: number
  readonly retryAfterMs: number
  readonly body: Record<string, unknown>
}

async function sendBatch(session: PeerSession, urls: readonly string[]): Promise<BatchAnswer[]> {
  const requests = urls.map((url, n) => ({ id: String(n), method: 'GET', url }))
  const { body } = await session.post('/$batch', { requests })
  return (body['responses'] as RawAnswer[]).map((answer) => ({
    url: urls[Number(answer.id)] ?? '',
    status: answer.status,
    retryAfterMs: Number(answer.headers?.['Retry-After'] ?? 10) * 1000,
    body: answer.body ?? {},
  }))
}

interface RawAnswer {
  readonly id: string
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: Record<string, unknown>
}
