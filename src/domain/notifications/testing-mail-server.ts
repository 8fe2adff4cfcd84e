/** Test only: a small mail server that speaks enough SMTP for a client to hand a message over. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'

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

export async function givenMailServer({ greets = true } = {}): Promise<TestMailServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    mail.connections += 1
    socket.on('error', () => undefined)
    if (greets) void talk(socket, mail)
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

async function talk(socket: Socket, { heard, messages, answers }: TestMailServer): Promise<void> {
  const say = (command: string) => socket.write(`${answers.get(command) ?? usual[command] ?? '502 what?'}\r\n`)
  socket.write('220 test ESMTP\r\n')
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
    say(command)
    if (command === 'DATA' && !answers.has('DATA')) message = []
    if (command === 'QUIT') socket.end()
  }
}
