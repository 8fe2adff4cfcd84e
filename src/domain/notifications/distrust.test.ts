/** Receivers in the place of which somebody else answers: they get no notification, and no password of a mail server. */
import { createServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { EmailSettings } from '#domain/notifications/channel.ts'
import { post } from '#domain/notifications/post.ts'
import type { SendOptions } from '#domain/notifications/post.ts'
import { sendEmail } from '#domain/notifications/send-email.ts'
import { givenMailServer } from '#domain/notifications/testing-mail-server.ts'
import { givenMessage } from '#domain/notifications/testing-message.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'

const authority = useAuthority()
// Hosts the operator allows are spared the check of their address, not that of their certificate.
const rules = { allowHosts: ['127.0.0.1', 'localhost'] }
const options: SendOptions = { rules, limitMs: 20_000, signal: new AbortController().signal }

describe('post()', () => {
  async function postTo(kind: keyof typeof authority.settings) {
    await using receiver = await givenReceiver((listener) => createServer(authority.settings[kind], listener))
    const url = receiver.url.replace('http:', 'https:')
    const answer = await post({ url, headers: {}, body: '{}' }, options)
    return { answer, received: receiver.received.length }
  }

  test('sends to a receiver whose certificate an authority it knows has signed', async () => {
    expect(await postTo('trusted')).toMatchObject({ answer: { isDelivered: true }, received: 1 })
  })

  test.each(untrusted)('sends nothing to a receiver %s, and says why', async (_, kind, code) => {
    const error: unknown = expect.stringMatching(code)
    expect(await postTo(kind)).toMatchObject({ answer: { isDelivered: false, error }, received: 0 })
  })
})

describe.each(['tls', 'starttls'] as const)('sendEmail() with %s', (security) => {
  async function mailTo(kind: keyof typeof authority.settings, host = '127.0.0.1') {
    await using server = await givenMailServer({ encryption: { security, settings: authority.settings[kind] } })
    const to: EmailSettings['to'] = ['ops@example.com']
    const settings = {
      kind: 'email',
      host,
      port: server.port,
      security,
      username: 'ada',
      from: 'atlas@example.com',
      to,
    }
    const target = { settings: settings as EmailSettings, password: 'hunter2' }
    const answer = await sendEmail(givenMessage(), target, options)
    return {
      answer,
      messages: server.messages.length,
      isPasswordSent: server.heard.some((line) => line.startsWith('AUTH')),
    }
  }

  test.each(['127.0.0.1', 'localhost'])('hands over to %s, whose certificate is good', async (host) => {
    expect(await mailTo('trusted', host)).toMatchObject({
      answer: { isDelivered: true },
      messages: 1,
      isPasswordSent: true,
    })
  })

  test.each(untrusted)('hands nothing over to a server %s', async (_, kind) => {
    expect(await mailTo(kind)).toMatchObject({ answer: { isDelivered: false }, messages: 0, isPasswordSent: false })
  })
})
