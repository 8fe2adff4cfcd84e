import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A browser to run and the flags it needs. */
export interface Chromium {
  readonly executablePath: string
  readonly args: readonly string[]
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const macOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The Chromium of the system; where there is none, the one inside the npm package @sparticuz/chromium. */
export async function findChromium(path = process.env['PATH'] ?? ''): Promise<Chromium> {
  const places = [...path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))), macOs]
  const executablePath = places.find((place) => existsSync(place))
  // Chromium refuses its sandbox to root, and has little shared memory in a container.
  if (executablePath !== undefined) return { executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] }
  const { default: packaged } = await import('@sparticuz/chromium')
  return { executablePath: await packaged.executablePath(), args: packaged.args }
}
