import { describe, expect, test } from 'vitest'
import { emailText } from '#domain/notifications/email-text.ts'
import { runNotice } from '#domain/notifications/run-notice.ts'
import { givenMessage, givenRunView } from '#domain/notifications/testing-message.ts'

describe('runNotice()', () => {
  test('says what happened, what went wrong and what to do, the same advice once', () => {
    expect(runNotice(givenRunView())).toEqual({
      title: 'Assignment restore of "Contoso [Pilot]" succeeded in part',
      body: '310 of 312 items, 2 failed',
      problems: ['Somebody changed "A_*B*". (2 times)', 'Graph was busy.'],
      next: [
        'Somebody changed the object meanwhile: make a new plan and review it.',
        'Nothing to do: it is tried again when Microsoft Graph allows.',
      ],
      tone: 'bad',
    })
  })

  test('says of a run of the workspace that counted nothing just how it ended', () => {
    const run = givenRunView({ label: 'Retention', tenant: null, outcome: 'succeeded', counts: {}, failures: [] })
    expect(runNotice(run)).toEqual({ title: 'Retention succeeded', body: '', problems: [], next: [], tone: 'good' })
  })

  test('names five problems and counts the others', () => {
    const line = { code: 'x.failed', reason: 'conflict', count: 1 } as const
    const failures = Array.from({ length: 8 }, (_, n) => ({ ...line, message: `Problem ${n}.` }))
    const { problems } = runNotice(givenRunView({ failures }))
    expect(problems).toHaveLength(6)
    expect(problems.at(-1)).toBe('And 3 more.')
  })

  test('never says who started the run', () => {
    const message = givenMessage()
    expect(JSON.stringify([message.notice, emailText(message)])).not.toContain('Ada')
  })
})
