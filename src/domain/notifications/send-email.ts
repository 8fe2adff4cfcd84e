import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import type { Answer } from '#domain/notifications/answer.ts'
import type { EmailSettings } from '#domain/notifications/channel.ts'
import { emailText } from '#domain/notifications/email-text.ts'
import type { Message } from '#domain/notifications/message.ts'
import { unlessAborted, whyNoAnswer } from '#domain/notifications/post.ts'
import type { SendOptions } from '#domain/notifications/post.ts'
import { findReceiver, isAllowed, pinned } from '#domain/notifications/receiver.ts'
import type { Receiver } from '#domain/notifications/receiver.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface EmailTarget {
  readonly settings: EmailSettings
  readonly password: string | null
}

/** Hands the message to the mail server, once, and says what that answered. Never throws. */
export async function sendEmail(message: Message, target: EmailTarget, options: SendOptions): Promise<Answer> {
  const { settings } = target
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limitMs)])
  try {
    if (settings.security === 'none' && !isAllowed(settings.host, options.rules)) throw unencrypted(settings.host)
    const receiver = await unlessAborted(signal, findReceiver(settings.host, options.rules))
    using line = await connectTo(receiver, settings.port, signal)
    return await unlessAborted(signal, handOver(message, target, line.socket))
  } catch (error) {
    return mailAnswerOf(error) ?? { isDelivered: false, status: null, error: whyNoAnswer(error, options) }
  }
}

async function handOver(message: Message, { settings, password }: EmailTarget, socket: Socket): Promise<Answer> {
  const { host, port, security, username, from, to } = settings
  const transport = createTransport({
    host,
    port,
    // Connected by us, to an address that was checked: nodemailer looks nothing up.
    connection: socket,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    // What its certificate must be for; an address is no name of a server.
    tls: isIP(host) === 0 ? { servername: host } : { host },
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username !== null && { auth: { user: username, pass: password ?? '' } }),
  })
  const { subject, text } = emailText(message)
  const sent = await transport.sendMail({
    from,
    to: [...to],
    subject,
    text,
    date: message.at,
    // The same with every try: a mail server or client may know it again.
    messageId: `<${message.id}@tenantatlas>`,
    headers: { 'auto-submitted': 'auto-generated' },
  })
  const refused = sent.rejected.length
  // The others have it: sending again would reach them again.
  const error = refused === 0 ? null : `It refused ${refused} of ${to.length} recipients.`
  return { isDelivered: true, status: statusOf(sent.response), error }
}

interface Line extends Disposable {
  readonly socket: Socket
}

/** Connected, to one of the addresses that were checked; closed at the end and when `signal` is aborted. */
async function connectTo(receiver: Receiver, port: number, signal: AbortSignal): Promise<Line> {
  const socket = connect({ host: receiver.host, port, lookup: pinned(receiver), autoSelectFamily: true })
  const { promise: connected, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => socket.destroy()
  socket.on('connect', resolve)
  socket.on('error', reject)
  signal.addEventListener('abort', stop)
  const close = () => {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
  try {
    await unlessAborted(signal, connected)
    return { socket, [Symbol.dispose]: close }
  } catch (error) {
    close()
    throw error
  }
}

/** What the server said, where it said something. */
function mailAnswerOf(error: unknown): Answer | undefined {
  const { responseCode, response, code } = error as { responseCode?: unknown; response?: unknown; code?: unknown }
  const status = typeof responseCode === 'number' ? responseCode : null
  const refused = (words: string) => ({ isDelivered: false, status, error: words })
  if (code === 'ETLS') return refused('It offers no encryption that can be trusted.')
  if (code === 'EAUTH') return refused('It refused the user name or password.')
  if (status === null) return undefined
  return refused(typeof response === 'string' ? `It answered ${response}` : `It answered ${status}.`)
}

function statusOf(response: string): number | null {
  return Number.parseInt(response, 10) || null
}

function unencrypted(host: string): Failure {
  return new Failure('invalid_input', `Mail goes unencrypted only to a host the operator allows, not to "${host}".`)
}
