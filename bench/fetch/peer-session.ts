/**
 * What both re-enactments share: a token, one request at a time, `Retry-After` obeyed. No library and none of our own
 * client, so that they spend what the tools they stand for spend.
 */
import { setTimeout as wait } from 'node:timers/promises'

export interface PeerTarget {
  readonly graphUrl: string
  readonly tenantId: string
  readonly clientId: string
  readonly secret: string
}

export interface PeerReply {
  readonly status: number
  readonly retryAfterMs: number
  readonly body: Record<string, unknown>
}

export interface PeerSession {
  get(pathOrUrl: string): Promise<PeerReply>
  post(path: string, body: unknown): Promise<PeerReply>
  /** Waits because Graph asked for it. */
  pause(ms: number): Promise<void>
  /** Milliseconds spent waiting because Graph asked for it. */
  readonly waitedMs: () => number
}

/** Signs in as an application and answers with a session that repeats throttled requests until they pass. */
export async function openPeerSession(target: PeerTarget): Promise<PeerSession> {
  const authorization = `Bearer ${await token(target)}`
  let waitedMs = 0
  const pause = async (ms: number) => {
    waitedMs += ms
    await wait(ms)
  }
  const send = async (url: string, init: RequestInit): Promise<PeerReply> => {
    for (;;) {
      const reply = await readReply(await fetch(url, init))
      if (reply.status !== 429 && reply.status !== 503) return reply
      await pause(reply.retryAfterMs)
    }
  }
  return {
    get: (path) => send(absolute(target, path), { headers: { authorization } }),
    post: (path, body) =>
      send(absolute(target, path), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    pause,
    waitedMs: () => waitedMs,
  }
}

/** Follows a list to its end: the service's own page size, as these tools ask for none. */
export async function readList(session: PeerSession, path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (let next: string | undefined = path; next !== undefined;) {
    const reply = await session.get(next)
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}`)
    rows.push(...valueOf(reply.body))
    const link: unknown = reply.body['@odata.nextLink']
    next = typeof link === 'string' ? link : undefined
  }
  return rows
}

export function valueOf(body: Record<string, unknown>): Record<string, unknown>[] {
  const { value } = body as { value?: Record<string, unknown>[] }
  return Array.isArray(value) ? value : []
}

/** Ids of the groups that assignment rows name, each once; the stand-ins for everybody are no groups. */
export function groupIdsOf(assignments: readonly Record<string, unknown>[]): string[] {
  const standIns = new Set(['acacacac-9df4-4c7d-9d50-4ef0226f57a9', 'adadadad-808e-44e2-905a-0b7873a8a531'])
  const ids = assignments.map((row) => (row['target'] as { groupId?: string } | undefined)?.groupId)
  return [...new Set(ids)].filter((id) => id !== undefined && !standIns.has(id)) as string[]
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

function absolute({ graphUrl }: PeerTarget, path: string): string {
  return path.startsWith('http') ? path : `${graphUrl}/beta${path}`
}

async function token({ graphUrl, tenantId, clientId, secret }: PeerTarget): Promise<string> {
  const response = await fetch(`${graphUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      scope: `${graphUrl}/.default`,
    }),
  })
  const body = (await response.json()) as { access_token?: string; error_description?: string }
  if (body.access_token === undefined) throw new Error(body.error_description ?? `sign-in answered ${response.status}`)
  return body.access_token
}

async function readReply(response: Response): Promise<PeerReply> {
  const body = (await response.json()) as Record<string, unknown>
  const seconds = Number(response.headers.get('retry-after'))
  return { status: response.status, retryAfterMs: seconds > 0 ? seconds * 1000 : 10_000, body }
}
