import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Place {
  readonly host: string
  /** Where to listen: 0 is any free one. */
  readonly port: number
}

/** Hands every connection to one place on to another: both programs believe to be alone on their machine. */
export async function relay(from: Place, to: Place): Promise<{ readonly port: number } & AsyncDisposable> {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to.port, to.host)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      open.add(one)
      one.pipe(other)
    }
  }).listen(from.port, from.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const end = async () => {
    server.close()
    open.forEach((socket) => socket.destroy())
  }
  return { port, [Symbol.asyncDispose]: end }
}
