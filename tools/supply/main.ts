import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { reportVerdict } from '../check.ts'
import { advisoriesSchema, inspectAdvisories } from './inspect-advisories.ts'
import { datesSchema, exceptionsSchema, inspectAge, type Dates } from './inspect-age.ts'
import { inspectInstallScripts } from './inspect-install-scripts.ts'
import { inspectShippedLicences, inspectUsedLicences } from './inspect-licences.ts'
import { inspectCount, inspectDirect, inspectLockfile } from './inspect-lockfile.ts'
import { checkOf, type Inspection } from './inspection.ts'
import { readInstalled } from './installed.ts'
import { parseLockfile, parseManifest, type Lockfile } from './lockfile.ts'
import { refreshDates } from './refresh-dates.ts'
import { inspectSbom, parseSbom, productionSbom } from './sbom.ts'

/*
 * npm run supply [-- --json] [--release] [--sbom <file>] [--refresh]: whether what we take from others is what we chose.
 * From the lockfile, node_modules and the lists beside this file, without a network. `--release` also asks for a fresh
 * list of advisories, `--sbom` writes the bill of materials, `--refresh` looks up the dates of what was newly locked
 * (the only part that asks the registry).
 */

const root = join(import.meta.dirname, '../..')
const datesFile = join(import.meta.dirname, 'publication-dates.json')

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    release: { type: 'boolean', default: false },
    refresh: { type: 'boolean', default: false },
    sbom: { type: 'string' },
  },
})

const today = new Date().toISOString().slice(0, 10)
const lockfile = parseLockfile(await readFile(join(root, 'package-lock.json'), 'utf8'))
if (options.refresh) await writeDates(await refreshDates(lockfile, await readDates(), { lookUp, today }))

const inspections = await inspect(lockfile)
for (const { name, problems } of inspections.filter(({ problems }) => problems.length > 0)) {
  console.log(`\n== ${name}\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
}
reportVerdict(inspections.map(checkOf), { json: options.json })

async function inspect(lockfile: Lockfile): Promise<readonly Inspection[]> {
  const manifest = parseManifest(await readFile(join(root, 'package.json'), 'utf8'))
  const installed = await readInstalled(root, lockfile.packages)
  const sbom = await makeSbom(lockfile)
  if (options.sbom !== undefined) await writeFile(options.sbom, `${JSON.stringify(sbom, null, 2)}\n`)
  return [
    inspectLockfile(lockfile),
    inspectDirect(lockfile, manifest),
    inspectCount(lockfile),
    inspectShippedLicences(lockfile, installed),
    inspectUsedLicences(lockfile, installed),
    inspectInstallScripts(lockfile, installed, await readFile(join(root, '.npmrc'), 'utf8')),
    inspectAge(lockfile, {
      dates: await readDates(),
      exceptions: exceptionsSchema.parse(await readList('age-exceptions.json')),
      today,
    }),
    inspectAdvisories(lockfile, advisoriesSchema.parse(await readList('advisories.json')), {
      today,
      isRelease: options.release,
    }),
    inspectSbom(sbom, lockfile),
  ]
}

async function makeSbom(lockfile: Lockfile) {
  const { name } = z.object({ name: z.string() }).parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const all = parseSbom(
    await npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--include=dev', '--include=optional'),
  )
  return productionSbom(all, lockfile, name)
}

async function readDates(): Promise<Dates> {
  return datesSchema.parse(await readList('publication-dates.json'))
}

async function readList(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(import.meta.dirname, file), 'utf8'))
}

/** One line per version, so that a diff reads as what was locked. */
async function writeDates(dates: Dates): Promise<void> {
  const lines = Object.entries(dates).map(
    ([spec, { published, locked }]) => `  "${spec}": { "published": "${published}", "locked": "${locked}" }`,
  )
  await writeFile(datesFile, `{\n${lines.join(',\n')}\n}\n`)
}

async function lookUp(name: string): Promise<Record<string, string>> {
  console.log(`Looking up when ${name} was published`)
  return z
    .record(z.string(), z.string())
    .parse(JSON.parse(await npm('view', name, 'time', '--json', '--prefer-offline')))
}

function npm(...args: readonly string[]): Promise<string> {
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`npm ${args.join(' ')} ended with ${code}:\n${output}`))
    })
  })
}
