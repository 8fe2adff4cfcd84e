import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

// Chromium refuses its sandbox to root and has little shared memory in a container. Not the flags that the packaged one
// proposes: with its single process the browser ends with the first context that is closed.
const flags = ['--no-sandbox', '--disable-dev-shm-usage']

/** A real browser, without a window, for tests named *.e2e.ts; disposing closes it. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, libraryPath } = await findChromium()
  const env = { ...process.env, ...(libraryPath !== '' && { LD_LIBRARY_PATH: libraryPath }) }
  return chromium.launch({ executablePath, args: flags, env, headless: true })
}
