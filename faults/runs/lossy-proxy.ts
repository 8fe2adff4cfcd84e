import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/**
 * Stands between a program and its database, and can lose an answer: it lets the n-th statement that holds a text
 * through, and cuts the connection where the answer would pass.
 */
export class LossyProxy implements AsyncDisposable {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #text: string | undefined
  #left = 0
  losses = 0

  private constructor(server: Server, target: URL) {
    this.#server = server
    const url = new URL(target)
    url.port = String((server.address() as AddressInfo).port)
    this.url = url.href
    server.on('connection', (client) => this.#relay(client, connect(Number(target.port), target.hostname)))
  }

  static async open(databaseUrl: string): Promise<LossyProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new LossyProxy(server, new URL(databaseUrl))
  }

  loseAnswerTo(text: string, nth: number): void {
    this.#text = text
    this.#left = nth
  }

  #relay(client: Socket, upstream: Socket): void {
    let isLosing = false
    client.on('data', (bytes) => {
      if (this.#isLast(bytes)) isLosing = true
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (!isLosing) return void client.write(bytes)
      this.losses += 1
      client.destroy()
    })
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
  }

  #isLast(bytes: Buffer): boolean {
    if (this.#text === undefined || !bytes.includes(this.#text)) return false
    this.#left -= 1
    if (this.#left > 0) return false
    this.#text = undefined
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
