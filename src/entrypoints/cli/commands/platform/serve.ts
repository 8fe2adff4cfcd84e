import { once } from 'node:events'
import { newSetupLink } from '#domain/access/setup/set-up.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { portOption } from '#entrypoints/cli/options.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'
import { sayConfinement } from '#entrypoints/cli/say-confinement.ts'

/** API, sign-in and page alone. It reads no credential of a tenant: who works on runs does. */
export const serve: Command<{ port?: string }> = async (cli, _args, { port: portText }) => {
  const config = await cli.config()
  const port = portOption(portText, '--port') ?? config.httpPort
  await using product = await openProduct(cli, { poolSize: 20, applicationName: 'tenantatlas serve' })
  await using metrics = await product.serveMetrics({ stopping: cli.signal })
  await using served = await product.serve({ port })
  const setupToken = await newSetupLink(product.db)
  cli.terminal.say(`Serving ${served.url}, the API under ${served.url}/api/v1. Ctrl-C ends.`)
  sayConfinement(cli, config)
  if (setupToken !== undefined) {
    cli.terminal.say('Nobody can sign in yet. Make the first owner with this link; it works once, for an hour:')
    cli.terminal.say(`  ${served.url}/setup#${setupToken}`)
  }
  if (config.entra === undefined)
    cli.terminal.say('Sign-in with Microsoft Entra is off: set TENANTATLAS_ENTRA_CLIENT_ID.')
  if (metrics !== undefined) cli.terminal.say(`Metrics: ${metrics.url}/metrics`)
  if (!cli.signal.aborted) await once(cli.signal, 'abort')
}
