import { newOperatorLink } from '#domain/platform/sign-in-operator.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { readInstallation } from '#entrypoints/cli/installation.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

/** Whoever may run commands beside the database says who operates the platform. */
export const operatorInvite: Command = async (cli) => {
  const config = await cli.config()
  await using product = await openProduct(cli)
  const token = await newOperatorLink(product.db)
  const page = (await readInstallation(config.dataDir))?.pageUrl ?? config.publicUrl
  await cli.printer.detail({
    document: { link: `${page}/system/setup#${token}`, minutes: 60 },
    facts: [
      ['Link', `${page}/system/setup#${token}`],
      ['Works', 'once, for an hour; an older link works no more'],
    ],
  })
}
