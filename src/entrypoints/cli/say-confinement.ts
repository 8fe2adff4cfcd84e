import { keyPlaceOf } from '#foundation/config/key-place.ts'
import type { Config } from '#foundation/config/config.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/**
 * Says what Node lets this process do to its machine, or that nothing holds it back. Beside the embedded PostgreSQL it
 * says nothing: there nothing is confined (docs/production.md).
 */
export function sayConfinement({ terminal }: Cli, config: Config): void {
  if (config.databaseUrl === undefined) return
  if (isConfined()) {
    terminal.say(`Confined: starts no program, writes nothing outside ${keyPlaceOf(config).directory}.`)
    return
  }
  const warning = terminal.onMessages.paint('red', 'warning:')
  terminal.say(`${warning} nothing confines this process to its own files: see "Confinement" in docs/production.md.`)
}

// Absent unless Node was started with --permission; without a path it asks whether everything may be written.
function isConfined(): boolean {
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission }
  return permission !== undefined && !permission.has('child') && !permission.has('fs.write')
}
