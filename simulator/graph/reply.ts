/** An answer before it is sent: a status, headers, and the text of the body. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: no body. */
  readonly text: string | undefined
}

export const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return jsonTextReply(status, JSON.stringify(body), headers)
}

/** For bodies put together from rows that were serialised before. */
export function jsonTextReply(status: number, text: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': jsonType, ...headers }, text }
}

export function emptyReply(status: 200 | 204, headers: Record<string, string> = {}): Reply {
  return { status, headers, text: undefined }
}

export function textReply(status: number, text: string): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, text }
}
