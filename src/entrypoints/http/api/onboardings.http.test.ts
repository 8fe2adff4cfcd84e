import { beforeEach, describe, expect, test } from 'vitest'
import { signInApps } from '../../../../simulator/people.ts'
import { locationOf, submit } from '../../../../simulator/testing-sign-in.ts'
import { readerAt, useConnectLab, type Office } from '#entrypoints/http/api/connect-lab-testing.ts'

const lab = useConnectLab()
let office: Office

interface Shown {
  readonly id: string
  readonly tenant: { readonly id: string; readonly name: string }
  readonly state: string
  readonly next: string | null
  readonly steps: readonly {
    readonly step: string
    readonly state: string
    readonly note: string | null
    readonly run: string | null
    readonly links: readonly { readonly method: string; readonly path: string }[]
  }[]
}

beforeEach(async () => {
  office = await lab.office()
})

async function begin(name = 'Contoso', entraTenantId = lab.simulator.tenant.id) {
  const answer = await office.send('POST', '/onboardings', { name, entraTenantId })
  return { ...answer, shown: answer.body as Shown }
}

async function show({ id }: Pick<Shown, 'id'>, token?: string): Promise<Shown> {
  return (await office.send('GET', `/onboardings/${id}`, undefined, token)).body as Shown
}

const statesOf = ({ steps }: Shown) => Object.fromEntries(steps.map(({ step, state }) => [step, state]))
const stepOf = ({ steps }: Shown, name: string) => steps.find(({ step }) => step === name)
const act = (verb: string, { id }: Pick<Shown, 'id'>, body: object = {}, token?: string) =>
  office.send('POST', `/onboardings/${id}/${verb}`, body, token)

/** Presses Accept on the page that a consent leads to, as the manager's browser. */
async function consent(path: string): Promise<void> {
  const asked = await office.send('POST', `${path}/consent`, { app: 'reader' })
  const back = locationOf(await submit((asked.body as { url: string }).url, { action: 'accept' }))
  const [cookie = ''] = asked.headers.getSetCookie()
  const headers = { cookie: `tenantatlas=${office.manager}; ${cookie.split(';')[0] ?? ''}` }
  expect((await lab.ask('GET', `${back.pathname}${back.search}`, { headers })).status).toBe(302)
}

async function endedOf(started: { readonly body: unknown }) {
  return office.ended((started.body as { run: string }).run)
}

describe('an onboarding', () => {
  test('goes from a name to the first inventory, each step when its turn has come', async () => {
    const { status, shown } = await begin()
    expect(status).toBe(201)
    expect(shown).toMatchObject({ tenant: { name: 'Contoso' }, state: 'open', next: 'credentials' })
    expect(statesOf(shown)).toEqual({
      tenant: 'done',
      credentials: 'open',
      consent: 'waiting',
      verification: 'waiting',
      first_sync: 'waiting',
      done: 'waiting',
    })
    const connection = `/tenants/${shown.tenant.id}/connection`
    const [put] = stepOf(shown, 'credentials')?.links ?? []
    expect(put).toMatchObject({ method: 'PUT', path: expect.stringMatching(new RegExp(`${connection}$`)) })

    const at = put?.path ?? ''
    expect(
      (await lab.ask('PUT', `/api/v1${at}`, { token: office.manager, body: readerAt(lab.simulator) })).status,
    ).toBe(200)
    expect(await show(shown)).toMatchObject({ next: 'consent' })
    expect(stepOf(await show(shown), 'credentials')?.note).toContain('There is no writer')

    await consent(connection)
    const verifying = await show(shown)
    expect(statesOf(verifying)).toMatchObject({
      consent: 'done',
      verification: expect.stringMatching(/in_progress|done/),
    })
    const run = stepOf(verifying, 'verification')?.run ?? ''
    expect(await office.ended(run)).toMatchObject({ outcome: 'succeeded' })
    expect(await show(shown)).toMatchObject({ next: 'first_sync' })

    expect(await endedOf(await act('start-sync', shown))).toMatchObject({
      outcome: 'succeeded',
      type: 'inventory.sync',
    })
    const observed = await show(shown)
    expect(observed.next).toBe('done')
    const finished = await act('finish', shown)
    expect(finished).toMatchObject({ status: 200, body: { state: 'finished', next: null } })
    expect(Object.values(statesOf(finished.body as Shown))).toEqual(Array.from({ length: 6 }, () => 'done'))
    expect((await office.send('GET', '/onboardings')).body).toEqual({ items: [], nextCursor: null })
    expect(await office.audited()).toEqual([
      'tenant.add',
      'onboarding.begin',
      'connection.set',
      'connection.ask_consent',
      'connection.consent',
      'onboarding.finish',
    ])
  })

  test('is gone on with by somebody else, from what is really there', async () => {
    const { shown } = await begin()
    await office.send('PUT', `/tenants/${shown.tenant.id}/connection`, await ownReader())
    const other = await office.person('manager')
    const list = (await office.send('GET', '/onboardings', undefined, other)).body as { items: Shown[] }
    expect(list.items).toMatchObject([{ id: shown.id, next: 'consent' }])
    expect((await act('skip', shown, { step: 'consent' }, other)).body).toMatchObject({ next: 'verification' })
    // Somebody verifies by another way: it counts.
    await endedOf(await office.send('POST', `/tenants/${shown.tenant.id}/connection/verify`, {}, other))
    expect(await show(shown, other)).toMatchObject({ next: 'first_sync' })
    const again = await begin('Another name')
    expect([again.status, again.shown.id, again.shown.tenant.name]).toEqual([200, shown.id, 'Contoso'])
    expect((await act('skip', shown, { step: 'first_sync' }, other)).body).toMatchObject({ next: 'done' })
    expect((await act('finish', shown, {}, other)).body).toMatchObject({ state: 'finished' })
  })

  test('starts nothing before its time, and says what to do', async () => {
    const { shown } = await begin()
    const refused = async (verb: string) => {
      const { status, body } = await act(verb, shown)
      return [status, (body as { detail: string }).detail]
    }
    expect(await refused('start-verification')).toEqual([409, expect.stringContaining('Set the reader')])
    expect(await refused('start-sync')).toEqual([409, expect.stringContaining('Start the verification')])
    expect(await refused('finish')).toEqual([409, expect.stringContaining('The step credentials comes first')])
    const wrong = {
      ...readerAt(lab.simulator),
      reader: { kind: 'secret', clientId: signInApps.writer.clientId, secret: 'x' },
    }
    await office.send('PUT', `/tenants/${shown.tenant.id}/connection`, wrong)
    await act('skip', shown, { step: 'consent' })
    await endedOf(await act('start-verification', shown))
    const failed = await show(shown)
    expect([failed.next, statesOf(failed)]).toEqual([
      'verification',
      expect.objectContaining({ verification: 'failed' }),
    ])
    expect(stepOf(failed, 'verification')?.note).toContain('sign in as the reader')
    expect(await refused('start-sync')).toEqual([409, expect.stringContaining('Mend that')])
    // Other credentials: what was verified before says nothing about them.
    await office.send('PUT', `/tenants/${shown.tenant.id}/connection`, await ownReader())
    expect(statesOf(await show(shown))).toMatchObject({ verification: 'open', first_sync: 'waiting' })
    expect((await office.send('GET', '/runs?type=inventory.sync')).body).toMatchObject({ items: [] })
  })

  test('is verified again after its credentials changed, and goes on with what is granted in part', async () => {
    const { shown } = await begin()
    const connection = `/tenants/${shown.tenant.id}/connection`
    await office.send('PUT', connection, await ownReader())
    expect(await endedOf(await act('start-verification', shown))).toMatchObject({ outcome: 'succeeded' })
    expect(statesOf(await show(shown))).toMatchObject({ consent: 'done', verification: 'done', first_sync: 'open' })
    const writer = { kind: 'secret', clientId: crypto.randomUUID(), secret: 'of another tenant' }
    expect((await office.send('PUT', connection, { writer })).status).toBe(200)
    expect((await act('start-sync', shown)).status).toBe(409)
    await act('skip', shown, { step: 'consent' })
    expect(await show(shown)).toMatchObject({ next: 'verification' })
    expect(await endedOf(await act('start-verification', shown))).toMatchObject({ outcome: 'partially_succeeded' })
    const partly = await show(shown)
    expect(partly.next).toBe('first_sync')
    expect(stepOf(partly, 'verification')?.note).toContain('The writer gets no token: The application')
    expect((await act('start-sync', shown)).status).toBe(202)
  })

  test('that is cancelled goes on no more, and the tenant stays', async () => {
    const { shown } = await begin()
    expect((await act('cancel', shown)).body).toMatchObject({ state: 'cancelled', next: null })
    for (const [verb, body] of [
      ['cancel', {}],
      ['finish', {}],
      ['skip', { step: 'consent' }],
      ['start-verification', {}],
      ['start-sync', {}],
    ] as const)
      expect(await act(verb, shown, body)).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('was cancelled') },
      })
    expect((await office.send('GET', `/tenants/${shown.tenant.id}`)).status).toBe(200)
    const next = await begin()
    expect([next.status, next.shown.id === shown.id]).toEqual([201, false])
    expect(await office.audited()).toEqual(['tenant.add', 'onboarding.begin', 'onboarding.cancel', 'onboarding.begin'])
  })

  test('is one for a tenant, also when two begin at once', async () => {
    const [one, two] = await Promise.all([begin(), begin()])
    expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([200, 201])
    expect(one.shown.id).toBe(two.shown.id)
  })
})

test('POST onboardings is for whoever may add tenants, and refuses a name that another tenant has', async () => {
  const body = { name: 'Contoso', entraTenantId: crypto.randomUUID() }
  expect((await office.send('POST', '/onboardings', body, await office.person('operator'))).status).toBe(403)
  await begin()
  expect(await office.send('POST', '/onboardings', body)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('Another tenant is named "Contoso"') },
  })
  expect((await office.send('POST', '/onboardings', { ...body, entraTenantId: 'contoso.com' })).status).toBe(400)
})

test('GET onboardings lists the open ones page by page, the newest first', async () => {
  const ids: string[] = []
  for (const name of ['A', 'B', 'C']) ids.unshift((await begin(name, crypto.randomUUID())).shown.id)
  const first = (await office.send('GET', '/onboardings?limit=2')).body as { items: Shown[]; nextCursor: string }
  const second = (await office.send('GET', `/onboardings?limit=2&cursor=${first.nextCursor}`)).body as typeof first
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
  expect(second.nextCursor).toBeNull()
})

/** The app that was registered in the simulated tenant itself, with consent given there. */
async function ownReader() {
  const { url, tenant, control } = lab.simulator
  const view = (await control.tenants()).find(({ id }) => id === tenant.id)
  const app = view?.apps.find(({ name }) => name === 'reader')
  return {
    endpoints: { cloud: 'custom', authorityUrl: url, graphUrl: url },
    reader: { kind: 'secret', clientId: app?.clientId, secret: app?.secret },
  }
}
