import { Agent, request, type IncomingMessage } from 'node:http'

const agent = new Agent({ keepAlive: true, maxSockets: 200 })

/** Sends one request with a key over a connection that is kept, and answers when the head of the answer is there. */
export function open(method: string, url: string, key: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { authorization: `Bearer ${key}` } }, resolve)
    sent.on('error', reject)
    sent.end()
  })
}

/** The status, when the whole answer has been read. */
export async function ask(method: string, url: string, key: string): Promise<{ status: number; text: string }> {
  const response = await open(method, url, key)
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode ?? 0, text }
}

/** Ends the connections that are kept. */
export function endConnections(): void {
  agent.destroy()
}
