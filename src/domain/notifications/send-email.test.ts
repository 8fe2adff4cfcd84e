import { describe, expect, test } from 'vitest'
import type { EmailSettings } from '#domain/notifications/channel.ts'
import type { SendOptions } from '#domain/notifications/post.ts'
import { sendEmail } from '#domain/notifications/send-email.ts'
import { givenMailServer } from '#domain/notifications/testing-mail-server.ts'
import { givenMessage } from '#domain/notifications/testing-message.ts'

const signal = new AbortController().signal
const options: SendOptions = { rules: { allowHosts: ['127.0.0.1', 'localhost'] }, limitMs: 5_000, signal }

function settingsFor({ port }: { port: number }, change: Partial<EmailSettings> = {}): EmailSettings {
  const to: [string, ...string[]] = ['ops@example.com', 'night@example.com']
  const from = 'tenantatlas@example.com'
  return { kind: 'email', host: '127.0.0.1', port, security: 'none', username: null, from, to, ...change }
}

describe('sendEmail()', () => {
  test('hands a plain message over, with an id that stays the same from try to try', async () => {
    await using server = await givenMailServer()
    const message = givenMessage()
    for (const _ of [1, 2]) {
      const answer = await sendEmail(message, { settings: settingsFor(server), password: null }, options)
      expect(answer).toEqual({ isDelivered: true, status: 250, error: null })
    }
    expect(server.heard.filter((line) => line.startsWith('RCPT'))).toContain('RCPT TO:<night@example.com>')
    const [first = '', second = ''] = server.messages
    expect(first).toContain('Subject: =?UTF-8?Q?Assignment_restore_of')
    expect(first).toContain('Assignment restore of "Contoso [Pilot]" succeeded in part')
    expect(first).toContain(`Message-ID: <${message.id}@tenantatlas>`)
    expect(second).toContain(`Message-ID: <${message.id}@tenantatlas>`)
    expect(first).toContain('Auto-Submitted: auto-generated')
    expect(first).toContain('310 of 312 items, 2 failed')
    expect(first.replaceAll('=\n', '')).toContain(message.url)
  })

  test('signs in with the user name and password of the channel', async () => {
    await using server = await givenMailServer()
    const settings = settingsFor(server, { username: 'mailer' })
    expect((await sendEmail(givenMessage(), { settings, password: 'hunter2' }, options)).isDelivered).toBe(true)
    const plain = Buffer.from('\0mailer\0hunter2').toString('base64')
    expect(server.heard).toContain(`AUTH PLAIN ${plain}`)
  })

  test('tells a refused sign-in from a refused message, and repeats no password', async () => {
    await using server = await givenMailServer()
    server.answers.set('AUTH', '535 5.7.8 hunter2 is wrong')
    const settings = settingsFor(server, { username: 'mailer' })
    const refused = await sendEmail(givenMessage(), { settings, password: 'hunter2' }, options)
    expect(refused).toEqual({ isDelivered: false, status: 535, error: 'It refused the user name or password.' })
    server.answers.set('MAIL', '550 5.7.60 not allowed to send as this sender')
    const target = { settings: settingsFor(server), password: null }
    expect(await sendEmail(givenMessage(), target, options)).toEqual({
      isDelivered: false,
      status: 550,
      error: 'It answered 550 5.7.60 not allowed to send as this sender',
    })
    expect(server.messages).toEqual([])
  })

  test('never sends in the clear where encryption was asked for', async () => {
    await using server = await givenMailServer()
    for (const security of ['starttls', 'tls'] as const) {
      const settings = settingsFor(server, { security, username: 'mailer' })
      const limit = { ...options, limitMs: 1_000 }
      const answer = await sendEmail(givenMessage(), { settings, password: 'hunter2' }, limit)
      expect(answer.isDelivered).toBe(false)
    }
    expect(server.messages).toEqual([])
    expect(server.heard.filter((line) => line.startsWith('AUTH'))).toEqual([])
  })

  test('gives up a server that does not greet, and one that stops answering', async () => {
    await using silent = await givenMailServer({ greets: false })
    const late = { ...options, limitMs: 150 }
    const settings = settingsFor(silent)
    const answer = await sendEmail(givenMessage(), { settings, password: null }, late)
    expect(answer).toEqual({ isDelivered: false, status: null, error: 'No answer within 0.15 s.' })
    expect(silent.connections).toBe(1)
  })

  test('says that a server is not there', async () => {
    const server = await givenMailServer()
    await server[Symbol.asyncDispose]()
    const answer = await sendEmail(givenMessage(), { settings: settingsFor(server), password: null }, options)
    expect(answer).toEqual({ isDelivered: false, status: null, error: 'No answer (ECONNREFUSED).' })
  })

  test('does not send again what reached some of the recipients', async () => {
    await using server = await givenMailServer()
    let asked = 0
    Object.defineProperty(server.answers, 'get', {
      value: (command: string) => (command === 'RCPT' && (asked += 1) === 2 ? '550 no such mailbox' : undefined),
    })
    const answer = await sendEmail(givenMessage(), { settings: settingsFor(server), password: null }, options)
    expect(answer).toEqual({ isDelivered: true, status: 250, error: 'It refused 1 of 2 recipients.' })
  })

  test('speaks without encryption only to a host the operator allows', async () => {
    const settings = settingsFor({ port: 25 }, { host: 'smtp.example.com' })
    const answer = await sendEmail(givenMessage(), { settings, password: null }, options)
    expect(answer.error).toContain('only to a host the operator allows')
  })
})
