import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

export interface Chromium {
  readonly executablePath: string
  /** Where it finds libraries that the system lacks; '' when it lacks none. */
  readonly libraryPath: string
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const macOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The Chromium of the system; where there is none, the one inside the npm package @sparticuz/chromium. */
export async function findChromium(path = process.env['PATH'] ?? ''): Promise<Chromium> {
  const places = [...path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))), macOs]
  const executablePath = places.find((place) => existsSync(place))
  return executablePath === undefined ? unpackChromium() : { executablePath, libraryPath: '' }
}

/** The package unpacks to the temporary folder; each user gets one, for a folder of root's is closed to all others. */
async function unpackChromium(): Promise<Chromium> {
  const folder = join(tmpdir(), `tenantatlas-chromium-${process.getuid?.() ?? 'user'}`)
  mkdirSync(folder, { recursive: true })
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'unpack-chromium.ts')], {
    // The second makes the package bring its libraries along, as it does on AWS Lambda, which has none either.
    env: { ...process.env, TMPDIR: folder, ...(!hasLibraries() && { AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }) },
  })
  return JSON.parse(stdout) as Chromium
}

function hasLibraries(): boolean {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' })
  return stdout?.includes('libnss3.so') ?? false
}
