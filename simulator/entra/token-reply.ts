import type { Reply } from '../graph/reply.ts'

export function jsonTokenReply(body: Readonly<Record<string, unknown>>): Reply {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status: 200, headers, text: JSON.stringify(body) }
}
