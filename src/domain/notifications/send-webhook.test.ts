import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newSigningSecret } from '#domain/notifications/describe-channel.ts'
import { sendTeamsCard, teamsMessage } from '#domain/notifications/send-teams-card.ts'
import { sendWebhook } from '#domain/notifications/send-webhook.ts'
import { givenMessage, givenRunView } from '#domain/notifications/testing-message.ts'
import { givenReceiver } from '#domain/notifications/testing-receiver.ts'
import type { Received } from '#domain/notifications/testing-receiver.ts'

const options = { rules: { allowHosts: ['127.0.0.1'] }, limitMs: 5_000, signal: new AbortController().signal }

function verified(secret: string, { headers, body }: Received | undefined = { headers: {}, body: '' }) {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}

describe('sendWebhook()', () => {
  test('signs so that the verifier of Standard Webhooks accepts it, and only the untouched text', async () => {
    await using receiver = await givenReceiver()
    const { signing } = newSigningSecret()
    const message = givenMessage()
    const target = { settings: { kind: 'webhook', url: receiver.url } as const, secrets: [signing] }
    expect(await sendWebhook(message, target, options)).toEqual({ isDelivered: true, status: 200, error: null })
    const [received] = receiver.received
    expect(received?.headers['webhook-id']).toBe(message.id)
    expect(verified(signing, received)).toMatchObject({ type: 'run.completed', data: { run: { id: message.run?.id } } })
    expect(() => verified(newSigningSecret().signing, received)).toThrow('No matching signature')
    const forged = { headers: received?.headers ?? {}, body: received?.body.replace('312', '311') ?? '' }
    expect(() => verified(signing, forged)).toThrow('No matching signature')
  })

  test('is accepted with the old and the new secret while both sign', async () => {
    await using receiver = await givenReceiver()
    const [before, after] = [newSigningSecret().signing, newSigningSecret().signing]
    const target = { settings: { kind: 'webhook', url: receiver.url } as const, secrets: [after, before] }
    await sendWebhook(givenMessage(), target, options)
    for (const secret of [before, after]) expect(verified(secret, receiver.received[0])).toBeTruthy()
  })

  test('sends ids, outcome, counts and codes, and no name of anybody or anything', async () => {
    await using receiver = await givenReceiver()
    const run = givenRunView()
    const message = givenMessage(run)
    const target = {
      settings: { kind: 'webhook', url: receiver.url } as const,
      secrets: [newSigningSecret().signing],
    }
    await sendWebhook(message, target, options)
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      type: 'run.completed',
      timestamp: '2026-11-28T10:03:00.000Z',
      data: {
        workspace: { id: message.workspaceId },
        tenant: { id: run.tenant?.ref },
        run: {
          id: run.id,
          type: 'assignments.restore',
          outcome: 'partially_succeeded',
          trigger: 'user',
          attempts: 1,
          createdAt: '2026-11-28T10:00:00.000Z',
          startedAt: '2026-11-28T10:00:01.000Z',
          completedAt: '2026-11-28T10:03:00.000Z',
          counts: run.counts,
          failures: [
            { code: 'assignments.restore_failed', reason: 'conflict', count: 2 },
            { code: 'assignments.restore_failed', reason: 'throttled', count: 1 },
          ],
        },
        credential: null,
        url: message.url,
      },
    })
  })
})

describe('sendTeamsCard()', () => {
  test('posts one Adaptive Card with a link to the run', async () => {
    await using receiver = await givenReceiver()
    receiver.reply = (response) => void response.writeHead(202).end()
    const message = givenMessage()
    expect(await sendTeamsCard(message, receiver.url, options)).toMatchObject({ isDelivered: true, status: 202 })
    const sent = JSON.parse(receiver.received[0]?.body ?? '') as ReturnType<typeof teamsMessage>
    expect(sent).toEqual(teamsMessage(message))
    expect(sent.attachments).toMatchObject([
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl', url: message.url }] },
      },
    ])
  })

  test('shows names as they are: Markdown in them does nothing', () => {
    const [attachment] = teamsMessage(givenMessage()).attachments
    const words = attachment?.content.body.map(({ text }) => text)
    expect(words).toEqual([
      String.raw`Assignment restore of "Contoso \[Pilot\]" succeeded in part`,
      '310 of 312 items, 2 failed',
      String.raw`- Somebody changed "A\_\*B\*". \(2 times\)`,
      '- Graph was busy.',
      'Somebody changed the object meanwhile: make a new plan and review it.',
      'Nothing to do: it is tried again when Microsoft Graph allows.',
    ])
  })
})
