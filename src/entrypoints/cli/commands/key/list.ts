import { badgeOf } from '#contract/badges.ts'
import { countOf } from '#contract/moments.ts'
import { listKeys } from '#domain/keys/list-keys.ts'
import type { KeyView } from '#domain/keys/list-keys.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

/** Of all workspaces: keys are the installation's. */
export const keyList: Command = async (cli) => {
  const place = keyPlaceOf(await cli.config())
  await using product = await openProduct(cli)
  const { keys, first } = await listKeys(product.db, place)
  await cli.printer.list({
    items: keys.map(keyDocument),
    columns,
    empty: 'No key yet: the first `tenantatlas work` or `tenantatlas key rotate` makes one.',
  })
  if (first > 0)
    cli.terminal.say(
      `${countOf(first, 'secret')} lie under the one key from before (credentials.key): run \`tenantatlas key rewrap\`.`,
    )
}

interface KeyDocument {
  readonly version: number
  readonly state: KeyView['state']
  readonly secrets: number
  readonly privateHalf: KeyView['privateHalf']
  readonly publicKey: string
  readonly createdAt: string
  readonly activatedAt: string | null
  readonly retiredAt: string | null
}

function keyDocument(key: KeyView): KeyDocument {
  const { version, state, secrets, privateHalf, publicText } = key
  return {
    version,
    state,
    secrets,
    privateHalf,
    publicKey: publicText,
    createdAt: key.createdAt.toISOString(),
    activatedAt: iso(key.activatedAt),
    retiredAt: iso(key.retiredAt),
  }
}

const privateWords = {
  here: 'on this host',
  missing: 'not on this host',
  other: 'another key is here',
} as const satisfies Record<KeyView['privateHalf'], string>

const columns: readonly Column<KeyDocument>[] = [
  { key: 'version', header: 'VERSION', align: 'right', keepsWidth: true, cell: ({ version }) => String(version) },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: ({ state }) => badgeOf('keyState', state),
    csv: ({ state }) => state,
  },
  { key: 'secrets', header: 'SECRETS', align: 'right', cell: ({ secrets }) => count(secrets) },
  {
    key: 'privateHalf',
    header: 'PRIVATE HALF',
    cell: ({ privateHalf }) => privateWords[privateHalf],
    csv: ({ privateHalf }) => privateHalf,
  },
  {
    key: 'activatedAt',
    header: 'SEALS SINCE',
    cell: ({ activatedAt }) => ago(activatedAt),
    csv: ({ activatedAt }) => activatedAt ?? '',
  },
]
