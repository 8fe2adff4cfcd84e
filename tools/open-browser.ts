import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

/** A real browser, without a window, for tests named *.e2e.ts; disposing closes it. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, args } = await findChromium()
  return chromium.launch({ executablePath, args: [...args], headless: true })
}
