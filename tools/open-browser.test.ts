import { expect, test } from 'vitest'
import { openBrowser } from './open-browser.ts'

test('openBrowser() opens a browser that shows one page after another', async () => {
  await using browser = await openBrowser()
  for (const name of ['Start', 'Cancel']) {
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.setContent(`<button>${name}</button>`)
    expect(await page.getByRole('button', { name }).isVisible()).toBe(true)
  }
})
