import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../../../tools/open-browser.ts'
import { startInstallation } from '#entrypoints/cli/testing.ts'
import type { TestInstallation } from '#entrypoints/cli/testing.ts'

const pictures = join(import.meta.dirname, '../../../.tmp/page')
let browser: Browser

beforeAll(async () => {
  await mkdir(pictures, { recursive: true })
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function openAt(address: string, options: { width?: number; scheme?: 'light' | 'dark' } = {}) {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.scheme ?? 'light',
  })
  const page = await context.newPage()
  await page.goto(address)
  return { page, close: () => context.close() }
}

describe('sign-in with the people of the simulated Entra', () => {
  let installation: TestInstallation

  beforeAll(async () => {
    installation = await startInstallation()
  })
  afterAll(() => installation?.[Symbol.asyncDispose]())

  const signInAs = async (page: Page, person: string) => {
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
    await page.getByRole('button', { name: person }).click()
  }

  test.each(['Olivia Wagner', 'Marco Bianchi', 'Ada Moreau', 'Ben Ortiz'])(
    'lets %s in, back to what they opened',
    async (person) => {
      const { page, close } = await openAt(`${installation.pageUrl}/w/demo`)
      await signInAs(page, person)
      await page.getByRole('heading', { level: 1, name: 'Demo' }).waitFor()
      await page.getByText(person, { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      await page.goto(`${installation.pageUrl}/w/demo`)
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      await close()
    },
  )

  test('says to a stranger whom to ask', async () => {
    const { page, close } = await openAt(installation.pageUrl)
    await signInAs(page, 'Sam Okafor')
    await page.getByText('You are not known here: ask an owner of the workspace for an invitation.').waitFor()
    await page.screenshot({ path: join(pictures, 'sign-in-stranger.png') })
    await close()
  })

  test('takes no answer that another browser asked for, and none twice', async () => {
    const { page, close } = await openAt(installation.pageUrl)
    const answered = page.waitForRequest((request) => request.url().includes('/sign-in/callback'))
    await signInAs(page, 'Olivia Wagner')
    const address = (await answered).url()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    for (const again of [await openAt(address), await openAt(address, { width: 320 })]) {
      await again.page.getByText('was not begun in this browser').waitFor()
      await again.close()
    }
    await close()
  })

  test('says which program asks before anybody approves it', async () => {
    const begun = await fetch(`${installation.pageUrl}/api/v1/sign-in/device`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'nightly on build-7' }),
    })
    const { deviceToken, userCode } = (await begun.json()) as { deviceToken: string; userCode: string }
    const { page, close } = await openAt(`${installation.pageUrl}/device`)
    await signInAs(page, 'Ada Moreau')
    await page.getByLabel('Code').fill('BCDF-BCDF')
    await page.getByRole('button', { name: 'Look who asks' }).click()
    await page.getByText('No program waits with this code').waitFor()
    await page.getByLabel('Code').fill(userCode.toLowerCase())
    await page.getByRole('button', { name: 'Look who asks' }).click()
    await page.getByText('nightly on build-7').waitFor()
    await page.screenshot({ path: join(pictures, 'device.png'), fullPage: true })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('Approved: go on where you came from.').waitFor()
    const taken = await fetch(`${installation.pageUrl}/api/v1/sign-in/device/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ deviceToken }),
    })
    const { state, token } = (await taken.json()) as { state: string; token: string }
    expect([state, token.slice(0, 4)]).toEqual(['approved', 'tas_'])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    await close()
  })

  test.each([
    ['wide', 1280, 'light'],
    ['narrow-dark', 320, 'dark'],
  ] as const)('looks right: %s', async (name, width, scheme) => {
    const { page, close } = await openAt(installation.pageUrl, { width, scheme })
    await page.getByText('Sign in with a local account').click()
    await page.getByLabel('Login name').fill('nobody')
    await page.getByLabel('Password').fill('nothing')
    await page.getByLabel('Code', { exact: true }).fill('123456')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('do not fit together').waitFor()
    await page.screenshot({ path: join(pictures, `sign-in-${name}.png`), fullPage: true })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await close()
  })
})

describe('the first start without simulated tenants', () => {
  let installation: TestInstallation

  beforeAll(async () => {
    installation = await startInstallation({ simulator: false })
  })
  afterAll(() => installation?.[Symbol.asyncDispose]())

  test('prints a link that makes the first owner, who then sees what to do', async () => {
    expect((await installation.run('tenant', 'list')).stderr).toContain('Nobody owns what runs at')
    const { page, close } = await openAt(installation.setupUrl ?? 'no setup link was printed')
    await page.getByLabel('Name of your workspace').fill('Empty House')
    await page.getByLabel('Your name').fill('Ada Moreau')
    await page.getByLabel('Login name').fill('ada')
    await page.getByLabel('Password').fill('correct horse battery staple')
    const secret = await page
      .locator('#totp-secret')
      .filter({ hasText: /[A-Z2-7]{32}/ })
      .textContent()
    await page.screenshot({ path: join(pictures, 'setup.png'), fullPage: true })
    await page
      .getByLabel('Code', { exact: true })
      .fill(new TOTP({ secret: Secret.fromBase32(secret ?? '') }).generate())
    await page.getByRole('button', { name: 'Make me the owner' }).click()
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor()
    await page.screenshot({ path: join(pictures, 'recovery-codes.png'), fullPage: true })
    const [code = ''] = (await page.locator('#recovery-codes').textContent())?.split('\n') ?? []
    await page.getByRole('link', { name: 'I have kept them' }).click()
    await page.getByRole('heading', { level: 1, name: 'Empty House' }).waitFor()
    await expect
      .poll(async () => (await installation.run('whoami')).stdout, { timeout: 20_000 })
      .toContain('Ada Moreau')
    await page.getByText('No tenant yet.').waitFor()
    await page.getByText('Nothing has run in the last 30 days.').waitFor()
    await page.screenshot({ path: join(pictures, 'empty.png'), fullPage: true })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Login name').fill('ada')
    await page.getByLabel('Password').fill('correct horse battery staple')
    await page.getByLabel('Code', { exact: true }).fill(code)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Empty House' }).waitFor()
    await close()
  })
})
