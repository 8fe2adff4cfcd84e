/** Test only: somebody who receives webhooks and cards on this machine. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Reply = (response: ServerResponse, received: Received) => void

export interface TestReceiver extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
  reply: Reply
}

/** Answers 200 until the test says otherwise. */
export async function givenReceiver(
  make: (listener: RequestListener) => Server = (listener) => createServer(listener),
) {
  const received: Received[] = []
  const reply: Reply = (response) => void response.end('ok')
  const receiver = { received, reply }
  const server = make((request, response) => {
    const answer = async () => {
      const one = { headers: request.headers, body: await text(request) }
      received.push(one)
      receiver.reply(response, one)
    }
    answer().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }) satisfies TestReceiver
}
