import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../../../tools/open-browser.ts'
import { startInstallation } from '#entrypoints/cli/testing.ts'
import type { TestInstallation } from '#entrypoints/cli/testing.ts'

const pictures = join(import.meta.dirname, '../../../.tmp/page')

describe('the page of `tenantatlas up`', () => {
  let installation: TestInstallation
  let browser: Browser

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    ;[installation, browser] = await Promise.all([startInstallation(), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.[Symbol.asyncDispose]()
  })

  const open = async (path = '/', options: { width?: number; scheme?: 'light' | 'dark'; as?: string } = {}) => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.scheme ?? 'light',
    })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await signIn(page, new URL(path, installation.pageUrl).href, options.as)
    return { page, complaints, close: () => context.close() }
  }

  /** As a person of the simulated Entra, who then comes to the page they opened. */
  const signIn = async (page: Page, address: string, person = 'Olivia Wagner') => {
    await page.goto(address)
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
    await page.getByRole('button', { name: person }).click()
    const { origin } = new URL(address)
    await page.waitForURL((url) => url.origin === origin && !url.pathname.startsWith('/sign-in'))
  }

  /** Rows of runs of a kind in a state: "up" starts a sync and a connection check of each of the three tenants. */
  const runRows = (page: Page, operation: string, state: string) =>
    page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: operation }) })
      .filter({ hasText: state })

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

  test('shows three tenants of different size and their first syncs and checks, and the browser has no complaint', async () => {
    const { page, complaints, close } = await open()
    const tenants = page.getByRole('table').first()
    await expect.poll(() => tenants.getByRole('row').count(), { timeout: 20_000 }).toBe(4)
    for (const operation of ['Inventory sync', 'Connection check'])
      await expect.poll(() => runRows(page, operation, 'Succeeded').count(), { timeout: 60_000 }).toBe(3)
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Live')
    expect(await rowOf(page, 'Contoso Manufacturing').first().textContent()).toMatch(/\d/)
    expect(complaints).toEqual([])
    await close()
  })

  test('shows a run that starts elsewhere without being reloaded, and keeps the focus where it is', async () => {
    const { page, complaints, close } = await open()
    // The checks that `up` started have to be over: a start joins the one that runs.
    await expect.poll(() => runRows(page, 'Connection check', 'Succeeded').count(), { timeout: 60_000 }).toBe(3)
    const first = page.getByRole('link', { name: 'Inventory sync' }).first()
    await first.focus()
    const focused = await page.evaluate('document.activeElement.id')
    await installation.run('connection', 'verify', '--tenant', 'Woodgrove Clinic')
    await expect.poll(() => runRows(page, 'Connection check', 'Succeeded').count(), { timeout: 20_000 }).toBe(4)
    await expect.poll(() => rowOf(page, 'Woodgrove Clinic').first().textContent()).toContain('Healthy')
    expect(await page.evaluate('document.activeElement.id')).toBe(focused)
    expect(complaints).toEqual([])
    await close()
  })

  test('opens a run and shows how it ended, its counts and its id', async () => {
    const { page, complaints, close } = await open()
    await page.getByRole('link', { name: 'Inventory sync' }).first().click()
    await page.getByRole('heading', { level: 1, name: /Inventory sync – / }).waitFor()
    await page.getByText('Succeeded', { exact: true }).first().waitFor()
    await page.getByRole('heading', { name: 'Counts' }).waitFor()
    expect(await page.getByRole('definition').count()).toBeGreaterThan(6)
    expect(complaints).toEqual([])
    await close()
  })

  test('says what failed and what to do next', async () => {
    await installation.run('tenant', 'add', 'Unreachable Ltd', '--entra-id', crypto.randomUUID())
    const started = await installation.run('inventory', 'sync', '--tenant', 'Unreachable Ltd', '-o', 'json')
    const { id } = JSON.parse(started.stdout) as { id: string }
    const { page, close } = await open(`/w/demo/runs/${id}`)
    await page.getByRole('heading', { name: 'What failed' }).waitFor()
    const lines = await page.getByRole('listitem').allTextContents()
    expect(lines[0]).toContain('tenantatlas connection set')
    expect(lines.slice(1).join(' ')).toMatch(/Started by .*Attempt 1.*Blocked/s)
    await page.screenshot({ path: join(pictures, 'failed-run.png') })
    await close()
  })

  test('polls when the stream is held back', async () => {
    const { page, close } = await open()
    await page.route('**/live/**', (route) => route.abort())
    await page.reload()
    await expect.poll(() => page.getByRole('status').textContent(), { timeout: 20_000 }).toBe('Updated every 3 s')
    await close()
  })

  test('explains an unknown address instead of breaking', async () => {
    const { page, close } = await open()
    await page.goto(new URL('/w/demo/runs/nonsense', installation.pageUrl).href)
    await page.getByRole('heading', { name: 'That did not work' }).waitFor()
    await page.getByText('There is no run nonsense here').waitFor()
    await close()
  })

  test.each([
    ['wide', 1280, 'light'],
    ['wide-dark', 1280, 'dark'],
    ['narrow', 320, 'light'],
    ['narrow-dark', 320, 'dark'],
  ] as const)('never scrolls sideways: %s', async (name, width, scheme) => {
    const { page, complaints, close } = await open('/', { width, scheme })
    await page.getByRole('heading', { name: 'Operation runs' }).waitFor()
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    await page.getByText(/Notifications/).click()
    await page.getByRole('link', { name: 'Inventory sync of "Unreachable Ltd" is blocked' }).waitFor()
    await page.screenshot({ path: join(pictures, `inbox-${name}.png`) })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await page.getByRole('link', { name: 'Inventory sync', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Counts' }).waitFor()
    await page.screenshot({ path: join(pictures, `run-${name}.png`), fullPage: true })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
    await close()
  })

  test('tells how what somebody started has ended, until it is read elsewhere', async () => {
    await installation.run('notification', 'read', '--all')
    const { page, complaints, close } = await open()
    await page.getByText('Notifications nothing unread').click()
    await installation.run('connection', 'verify', '--tenant', 'Woodgrove Clinic')
    await page.getByText('1 unread').waitFor()
    const title = 'Connection check of "Woodgrove Clinic" succeeded'
    const unread = page.getByRole('listitem').filter({ hasText: 'Unread' })
    await unread.getByRole('link', { name: title }).waitFor()
    await installation.run('notification', 'read', '--all')
    await page.getByText('nothing unread').waitFor()
    expect(await unread.count()).toBe(0)
    await page.getByRole('link', { name: title }).first().click()
    await page.getByRole('heading', { level: 1, name: /Connection check – Woodgrove Clinic/ }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('shows nobody a workspace they do not belong to', async () => {
    expect((await installation.run('workspace', 'create', 'Empty House')).exitCode).toBe(0)
    const { page, close } = await open('/', { as: 'Ben Ortiz' })
    await page.goto(new URL('/w/empty-house', installation.pageUrl).href)
    await page.getByText('There is nothing here that you may open.').waitFor()
    expect(await page.getByRole('link', { name: 'Empty House' }).count()).toBe(0)
    await close()
  })

  test('says on every page who of the platform is in the workspace, and why', async () => {
    const { page, complaints, close } = await open()
    await page.getByRole('heading', { name: 'Operation runs' }).waitFor()
    expect(await page.getByRole('complementary').count()).toBe(0)
    await breakGlass(installation, 'Customer asked for help with ticket 4711')
    const banner = page.getByRole('complementary', { name: 'Platform operators' })
    await banner.getByText('Why: Customer asked for help with ticket 4711').waitFor()
    await page.screenshot({ path: join(pictures, 'guest.png') })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 320, height: 900 })
    await page.screenshot({ path: join(pictures, 'guest-narrow-dark.png') })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
    await page.getByRole('link', { name: 'Inventory sync', exact: true }).first().click()
    await banner.getByText(/^Olga Petrov \(platform operator\) is in this workspace as readonly until/).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('answers to localhost only, and only shows', async () => {
    const { port } = new URL(installation.pageUrl)
    const ask = (init: RequestInit & { host?: string }) => installation.request(Number(port), init)
    expect((await ask({ host: 'tenantatlas.example.com' })).status).toBe(421)
    expect((await ask({ method: 'POST' })).status).toBe(405)
    expect((await ask({ headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' } })).status).toBe(403)
    const answer = await ask({})
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['x-frame-options']).toBe('DENY')
  })
})

/** An operator of the platform, from the invitation on the host to the workspace. */
async function breakGlass(installation: TestInstallation, reason: string): Promise<void> {
  const { pageUrl } = installation
  const { stdout, stderr } = await installation.run('operator', 'invite')
  const token = /#(\S+)/.exec(stdout + stderr)?.[1] ?? ''
  const secret = new Secret({ size: 20 })
  const account = { loginName: 'olga', password: 'several words are good' }
  const made = await post(pageUrl, '/system/sign-in/setup', {
    ...account,
    token,
    name: 'Olga Petrov',
    totpSecret: secret.base32,
    code: new TOTP({ secret }).generate(),
  })
  const { recoveryCodes } = (await made.json()) as { recoveryCodes: string[] }
  const signedIn = await post(pageUrl, '/system/sign-in', { ...account, code: recoveryCodes[0] })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0] ?? '')
    .join('; ')
  await post(pageUrl, '/system/workspaces/demo/break-glass', { reason }, cookie)
}

async function post(pageUrl: string, path: string, body: object, cookie?: string): Promise<Response> {
  const answer = await fetch(`${pageUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(cookie && { Cookie: cookie }) },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`POST ${path} was refused with ${answer.status}: ${await answer.text()}`)
  return answer
}
