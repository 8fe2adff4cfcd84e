/**
 * The programs of the matrix as one file each, with all of the product that they load: hundreds of processes start them,
 * and reading 300 modules takes three times as long as everything else in a start.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

export interface Bundle<Name extends string> extends AsyncDisposable {
  /** Paths. */
  readonly programs: Readonly<Record<Name, string>>
}

const checkout = fileURLToPath(new URL('..', import.meta.url))

/** `sources`: paths by name. The bundle lies below the checkout, so that what is loaded later is found as from there. */
export async function bundlePrograms<Name extends string>(
  sources: Readonly<Record<Name, string>>,
): Promise<Bundle<Name>> {
  const parent = join(checkout, '.tmp')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'faults-'))
  const bundle = await rolldown({
    input: { ...sources },
    platform: 'node',
    external: ['pg-native'],
    plugins: [{ name: 'keep-places', transform: keepPlaces }],
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' })
  await bundle.close()
  // The names are those of `sources`.
  const programs = Object.fromEntries(Object.keys(sources).map((name) => [name, join(folder, `${name}.js`)])) as Record<
    Name,
    string
  >
  return { programs, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/** A module still finds the files beside its source. */
function keepPlaces(code: string, file: string): string | null {
  if (!code.includes('import.meta.')) return null
  return code
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(file)))
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
}
