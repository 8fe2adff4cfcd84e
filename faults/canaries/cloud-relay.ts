/**
 * Stands between the product and the simulated cloud: learns the tokens and assertions that pass, and where it is told to,
 * refuses with an answer that says back all it was sent, as no honest service does.
 */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Canaries } from './canary.ts'

export interface CloudRelay extends AsyncDisposable {
  readonly url: string
  /** What it says everything back to: `token`, `graph`, both, or nothing. */
  echoes: readonly ('token' | 'graph')[]
  /** How often it did. */
  echoed: number
}

export async function startCloudRelay(cloudUrl: string, canaries: Canaries): Promise<CloudRelay> {
  const relay: Pick<CloudRelay, 'echoes' | 'echoed'> = { echoes: [], echoed: 0 }
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy())
  })
  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const isToken = incoming.url?.includes('/oauth2/v2.0/token') === true
    if (isToken) learnSent(canaries, body)
    if (relay.echoes.includes(isToken ? 'token' : 'graph') && !incoming.url?.includes('.well-known')) {
      relay.echoed += 1
      return echo(incoming, response, { body, isToken })
    }
    const { method, headers, url } = incoming
    const sent = request(new URL(url ?? '/', cloudUrl), { method, headers })
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const answered = await buffer(answer)
    if (isToken) learnAnswered(canaries, answered)
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(answered)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(relay, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

function learnSent(canaries: Canaries, body: Buffer): void {
  const form = new URLSearchParams(body.toString())
  const assertion = form.get('client_assertion')
  if (assertion?.split('.').length === 3) canaries.learnToken('signed assertion', assertion)
  const verifier = form.get('code_verifier')
  if (verifier !== null) canaries.learn('code verifier', verifier)
}

function learnAnswered(canaries: Canaries, body: Buffer): void {
  const answer = JSON.parse(body.toString()) as { access_token?: string; id_token?: string }
  if (answer.id_token !== undefined) canaries.learnToken('ID token', answer.id_token)
  if (answer.access_token?.split('.').length === 3) canaries.learnToken('access token', answer.access_token)
  else if (answer.access_token !== undefined) canaries.learn('access token', answer.access_token)
}

interface Told {
  readonly body: Buffer
  readonly isToken: boolean
}

function echo({ headers, url }: IncomingMessage, response: ServerResponse, { body, isToken }: Told): void {
  const form = new URLSearchParams(body.toString())
  const said = [headers.authorization, url, body.toString(), ...form.values()].join(' ')
  const answer = isToken
    ? { error: 'invalid_client', error_codes: [7000215], error_description: `AADSTS7000215: Invalid secret: ${said}` }
    : { error: { code: 'BadRequest', message: `Not understood: ${said}`, innerError: { date: said } } }
  response.writeHead(400, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(said).slice(0, 4_000) })
  response.end(JSON.stringify(answer))
}
