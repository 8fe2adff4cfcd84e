import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A browser to run and the flags it needs. */
export interface Chromium {
  readonly executablePath: string
  readonly args: readonly string[]
}

// Chromium refuses its sandbox to root, and has little shared memory in a container. The flags of the package are for
// a function service: one process for all pages, which ends with the first context, and no web security.
const args = ['--no-sandbox', '--disable-dev-shm-usage']
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const macOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The Chromium of the system; where there is none, the one inside the npm package @sparticuz/chromium. */
export async function findChromium(path = process.env['PATH'] ?? ''): Promise<Chromium> {
  const places = [...path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))), macOs]
  const executablePath = places.find((place) => existsSync(place))
  return { executablePath: executablePath ?? (await unpackChromium()), args }
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
