import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { homeTenant, signInApps } from '../../../simulator/people.ts'
import { locationOf, submit } from '../../../simulator/testing-sign-in.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { capabilities } from '#foundation/kernel/capability.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import type { Asked } from '#entrypoints/http/api/api-testing.ts'
import { readerAt, useConnectLab, type Office } from '#entrypoints/http/api/connect-lab-testing.ts'

const lab = useConnectLab()
let office: Office
let connection: string

beforeEach(async () => {
  office = await lab.office()
  const { body } = await office.send('POST', '/tenants', { name: 'Contoso', entraTenantId: lab.simulator.tenant.id })
  connection = `/tenants/${(body as { id: string }).id}/connection`
  await office.send('PUT', connection, readerAt(lab.simulator))
})

interface Browser {
  readonly session: string
  readonly consent: string | undefined
}

const cookieOf = ({ headers }: Asked, name: string) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]?.split('=') ?? [])
    .find(([one]) => one === name)?.[1]

/** Asks for consent, and presses a button of the page it leads to: where that sends the browser. */
async function consented(action: 'accept' | 'cancel' = 'accept', returnTo = '/w/office?step=3') {
  const asked = await office.send('POST', `${connection}/consent`, { app: 'reader', returnTo })
  expect(asked.status).toBe(200)
  const { url } = asked.body as { url: string }
  const back = locationOf(await submit(url, { action }))
  expect(`${back.origin}${back.pathname}`).toBe('http://localhost:4780/connect/callback')
  const browser: Browser = { session: office.manager, consent: cookieOf(asked, 'tenantatlas-consent') }
  return { url: new URL(url), back, browser }
}

function comeBack(back: URL, { session, consent }: Browser): Promise<Asked> {
  const cookie = `tenantatlas=${session}${consent === undefined ? '' : `; tenantatlas-consent=${consent}`}`
  return lab.ask('GET', `${back.pathname}${back.search}`, { headers: { cookie } })
}

const verifications = async () =>
  (await office.send('GET', `/runs?type=connection.verify`)).body as { items: { id: string }[] }

const theManager = async () =>
  asId<UserId>(
    (
      await lab.database.owner
        .selectFrom('workspace_members')
        .select('user_id')
        .where('workspace_id', '=', office.ctx.workspaceId)
        .where('role', '=', 'manager')
        .executeTakeFirstOrThrow()
    ).user_id,
  )

describe('a consent', () => {
  test('that is given is verified by the roles of the app’s own token, and leads back', async () => {
    const { url, back, browser } = await consented()
    expect(url.pathname).toBe(`/${lab.simulator.tenant.id}/v2.0/adminconsent`)
    expect(url.searchParams.get('state')).toMatch(/^[\w-]{43}$/)
    expect(url.searchParams.get('client_id')).toBe(signInApps.reader.clientId)
    const answer = await comeBack(back, browser)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/w/office?step=3'])
    expect(cookieOf(answer, 'tenantatlas-consent')).toBe('')
    const { items } = await verifications()
    expect(items).toHaveLength(1)
    expect(await office.ended(items[0]?.id ?? '')).toMatchObject({
      outcome: 'succeeded',
      initiator: expect.any(String),
    })
    expect((await office.send('GET', `${connection}/verification`)).body).toMatchObject({
      reader: { token: { state: 'passed' } },
    })
    expect(await office.audited()).toEqual([
      'tenant.add',
      'connection.set',
      'connection.ask_consent',
      'connection.consent',
    ])
  })

  test('counts once: the same answer again is refused and verifies nothing', async () => {
    const { back, browser } = await consented()
    expect((await comeBack(back, browser)).status).toBe(302)
    const again = await comeBack(back, browser)
    expect(again.status).toBe(409)
    expect(again.text).toContain('was answered already')
    expect((await verifications()).items).toHaveLength(1)
  })

  test('is answered once also when the answer comes twice at a time', async () => {
    const { back, browser } = await consented()
    const answers = await Promise.all([comeBack(back, browser), comeBack(back, browser)])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 409])
  })

  test('is stored without its state and its cookie', async () => {
    const { url, browser } = await consented()
    for (const table of ['pending_consents', 'audit_entries', 'idempotency_keys'] as const) {
      const rows = await lab.database.owner.selectFrom(table).selectAll().execute()
      const text = rows
        .map((row) =>
          Object.values(row)
            .map((value) => asText(value))
            .join(' '),
        )
        .join(' ')
      for (const given of [url.searchParams.get('state') ?? '', browser.consent ?? ''])
        expect([table, given.length > 40, text.includes(given)]).toEqual([table, true, false])
    }
  })

  test.each<[string, (browser: Browser) => Promise<Browser> | Browser, number]>([
    ['another session of the same person', async (browser) => ({ ...browser, session: await anotherSession() }), 409],
    ['another manager', async (browser) => ({ ...browser, session: await office.person('manager') }), 409],
    ['somebody who may not', async (browser) => ({ ...browser, session: await office.person('operator') }), 403],
    ['somebody of another workspace', async (browser) => ({ ...browser, session: (await lab.office()).manager }), 404],
    ['a browser without the cookie', (browser) => ({ ...browser, consent: undefined }), 409],
    ['another browser', (browser) => ({ ...browser, consent: 'tab_another' }), 409],
    ['whoever is signed out', (browser) => ({ ...browser, session: 'tas_nobody' }), 401],
  ])('is refused to %s, and stays open for whoever asked', async (_who, change, status) => {
    const { back, browser } = await consented()
    const refused = await comeBack(back, await change(browser))
    expect(refused.status).toBe(status)
    expect(refused.text).toContain('role="alert"')
    expect((await verifications()).items).toEqual([])
    expect(await office.audited()).not.toContain('connection.consent')
    expect((await comeBack(back, browser)).status).toBe(302)
  })

  test.each(['A'.repeat(43), ''])(
    'for another state (%s) is refused, and the one that was asked for stays open',
    async (state) => {
      const { back, browser } = await consented()
      const refused = await comeBack(changed('state', state)(back), browser)
      expect([refused.status, refused.text.includes('not asked for in this browser')]).toEqual([409, true])
      expect((await verifications()).items).toEqual([])
      expect((await comeBack(back, browser)).status).toBe(302)
    },
  )

  test.each<[string, (back: URL) => Promise<URL> | URL, RegExp]>([
    ['of another tenant', changed('tenant', homeTenant.id), /Consent was given in the tenant .*, not in/],
    ['that does not say yes', changed('admin_consent', 'False'), /does not say that consent was given/],
    ['with a parameter twice', (back) => new URL(`${back.href}&tenant=${homeTenant.id}`), /not the answer/],
    ['after 15 minutes', later, /more than 15 minutes ago/],
    ['for an app that is another one since', afterAnotherApp, /is another app since/],
  ])('%s is refused, verifies nothing, is written down and used up', async (_what, change, words) => {
    const { back, browser } = await consented()
    const refused = await comeBack(await change(back), browser)
    expect([refused.status, words.test(refused.text)]).toEqual([409, true])
    expect((await verifications()).items).toEqual([])
    expect(await office.audited()).toContain('connection.consent refused')
    expect((await comeBack(back, browser)).text).toContain('was answered already')
  })

  test('that the administrator cancels is told of, and leads back', async () => {
    const { back, browser } = await consented('cancel')
    const answer = await comeBack(back, browser)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('The administrator did not consent')
    expect(answer.text).toContain('href="/w/office?step=3"')
    expect((await verifications()).items).toEqual([])
    expect(await office.audited()).toContain('connection.consent refused')
  })

  test('leads to a path of this console only', async () => {
    const { back, browser } = await consented('accept', '//evil.example/x')
    expect((await comeBack(back, browser)).headers.get('location')).toBe('/')
  })
})

describe('POST consent', () => {
  test('asks for an app that is there, and for a person', async () => {
    const consent = { app: 'writer' }
    expect(await office.send('POST', `${connection}/consent`, consent)).toMatchObject({
      status: 409,
      body: { reason: 'missing_configuration', detail: expect.stringContaining('has no writer yet') },
    })
    const actor = { kind: 'user', userId: await theManager(), name: 'Ada Moreau' } as const
    const { key } = await createApiKey(lab.database.db, actingAs(office.ctx, actor), capabilities, {
      name: 'deploy',
      capabilities: ['connections.manage'],
      days: 1,
    })
    expect(await office.send('POST', `${connection}/consent`, { app: 'reader' }, key)).toMatchObject({ status: 403 })
  })

  test('keeps no answer for an Idempotency-Key', async () => {
    const answer = await lab.ask('POST', `${office.at}${connection}/consent`, {
      token: office.manager,
      body: { app: 'reader' },
      headers: { 'idempotency-key': 'once' },
    })
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('never stored') } })
  })
})

function asText(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.toString('utf8')} ${value.toString('base64url')}`
  return JSON.stringify(value)
}

async function anotherSession(): Promise<string> {
  return (await openSession(lab.database.db, { userId: await theManager(), method: 'local' })).token
}

function changed(name: string, value: string): (back: URL) => URL {
  return (back) => {
    const url = new URL(back)
    url.searchParams.set(name, value)
    return url
  }
}

async function later(back: URL): Promise<URL> {
  await lab.database.owner
    .updateTable('pending_consents')
    .set({ asked_at: sql`asked_at - interval '15 minutes'` })
    .where('workspace_id', '=', office.ctx.workspaceId)
    .execute()
  return back
}

async function afterAnotherApp(back: URL): Promise<URL> {
  const reader = { kind: 'federated', clientId: crypto.randomUUID() }
  expect((await office.send('PUT', connection, { reader })).status).toBe(200)
  return back
}
