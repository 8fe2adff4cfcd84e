import { expect, test } from 'vitest'
import { openBrowser } from './open-browser.ts'

test('openBrowser() opens a browser that shows a page', async () => {
  await using browser = await openBrowser()
  const page = await browser.newPage()
  await page.setContent('<button>Start</button>')
  expect(await page.getByRole('button', { name: 'Start' }).isVisible()).toBe(true)
})
