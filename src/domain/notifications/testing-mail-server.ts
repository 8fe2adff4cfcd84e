/** Test only: a small mail server that speaks enough SMTP for a client to hand a message over. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { TLSSocket } from 'node:tls'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'

export interface TestMailServer extends AsyncDisposable {
  readonly port: number
  /** Everything clients said, line by line. */
  readonly heard: string[]
  /** Messages as they came, from the first header to the last line. */
  readonly messages: string[]
  /** What it answers to a command, by its first word in capitals; the usual answer where there is none. */
  readonly answers: Map<string, string>
  /** Connections so far. */
  connections: number
}

const usual: Readonly<Record<string, string>> = {
  EHLO: '250-test\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  '.': '250 queued as 1',
  QUIT: '221 bye',
}

export interface MailEncryption {
  /** From the first byte on, or when it is asked for. */
  readonly security: 'tls' | 'starttls'
  readonly settings: TlsSettings
}

export interface MailServerOptions {
  readonly greets?: boolean
  readonly encryption?: MailEncryption
}

export async function givenMailServer({ greets = true, encryption }: MailServerOptions = {}): Promise<TestMailServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    mail.connections += 1
    socket.on('error', () => undefined)
    if (!greets) return
    const isEncrypted = encryption?.security === 'tls'
    const line = isEncrypted ? encrypted(socket, encryption) : socket
    line.write('220 test ESMTP\r\n')
    // Reading ends with the socket, however that ended.
    talk(line, mail, isEncrypted ? undefined : encryption).catch(() => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const mail: TestMailServer = {
    port: (server.address() as AddressInfo).port,
    heard: [],
    messages: [],
    answers: new Map(),
    connections: 0,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
  return mail
}

function encrypted(socket: Socket, { settings }: MailEncryption): TLSSocket {
  const line = new TLSSocket(socket, { isServer: true, ...settings })
  return line.on('error', () => socket.destroy())
}

/** `upgrade`: what the connection becomes when the client asks for it. */
async function talk(socket: Socket, mail: TestMailServer, upgrade?: MailEncryption): Promise<void> {
  const { heard, messages, answers } = mail
  const say = (command: string) => socket.write(`${answers.get(command) ?? usual[command] ?? '502 what?'}\r\n`)
  let message: string[] | undefined
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
    if (message !== undefined && line !== '.') {
      message.push(line)
      continue
    }
    if (message !== undefined) {
      messages.push(message.join('\n'))
      message = undefined
      say('.')
      continue
    }
    heard.push(line)
    const command = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
    if (command === 'STARTTLS' && upgrade !== undefined) {
      socket.write('220 go on\r\n')
      return talk(encrypted(socket, upgrade), mail)
    }
    say(command)
    if (command === 'DATA' && !answers.has('DATA')) message = []
    if (command === 'QUIT') socket.end()
  }
}
