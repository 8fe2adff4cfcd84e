import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const macOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The program of a browser: the Chromium of the system, or else the one inside the npm package @sparticuz/chromium. */
export async function findChromium(path = process.env['PATH'] ?? ''): Promise<string> {
  const places = [...path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))), macOs]
  return places.find((place) => existsSync(place)) ?? (await unpackChromium())
}

/** The package unpacks to the temporary folder; each user gets one, for a folder of root's is closed to all others. */
async function unpackChromium(): Promise<string> {
  const folder = join(tmpdir(), `tenantatlas-chromium-${process.getuid?.() ?? 'user'}`)
  mkdirSync(folder, { recursive: true })
  process.env['TMPDIR'] = folder
  // Makes the package bring its libraries along, as it does on AWS Lambda, which has none either.
  if (!hasLibraries()) process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs24.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}

function hasLibraries(): boolean {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' })
  return stdout?.includes('libnss3.so') ?? false
}
