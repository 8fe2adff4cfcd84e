import { Agent, request, type IncomingMessage } from 'node:http'

/** What is asked and answered shares connections; what streams has one of its own for as long as it lasts. */
const agents = { answers: new Agent({ keepAlive: true, maxSockets: 200 }), streams: new Agent() } as const

/** Sends one request with a key, and answers when the head of the answer is there. */
export function open(
  method: string,
  url: string,
  key: string,
  over: keyof typeof agents = 'answers',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}` }
    const sent = request(url, { method, agent: agents[over], headers }, resolve)
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
  agents.answers.destroy()
}
