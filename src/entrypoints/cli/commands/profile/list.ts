import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { readLocalSignIn } from '#entrypoints/cli/server/local-sign-in.ts'
import { readProfiles } from '#entrypoints/cli/server/profiles.ts'
import { localProfile } from '#entrypoints/cli/server/server.ts'

/** No token is ever in it. */
interface ListedProfile {
  readonly name: string
  readonly url: string
  readonly signedInAs: string
  readonly kind: 'local' | 'session' | 'key'
  readonly workspace: string | null
  readonly isCurrent: boolean
}

export const profileList: Command = async (cli) => {
  const { current, profiles } = await readProfiles(cli.env)
  const signedIn = Object.entries(profiles).map(([name, { url, kind, name: signedInAs, workspace = null }]) => ({
    name,
    url,
    signedInAs,
    kind,
    workspace,
    isCurrent: name === current,
  }))
  await cli.printer.list({
    items: [...(await local(cli, current)), ...signedIn],
    columns,
    empty:
      'You are signed in nowhere. Sign in with `tenantatlas login <url>`, or start a server here with `npm start`.',
  })
}

async function local(cli: Cli, current: string | null): Promise<ListedProfile[]> {
  const { dataDir } = await cli.config()
  const signIn = await readLocalSignIn(dataDir)
  if (signIn === undefined) return []
  const { url } = signIn
  return [
    { name: localProfile, url, signedInAs: 'first owner', kind: 'local', workspace: null, isCurrent: current === null },
  ]
}

const columns: readonly Column<ListedProfile>[] = [
  {
    key: 'isCurrent',
    header: '',
    keepsWidth: true,
    cell: ({ isCurrent }) => (isCurrent ? '*' : ''),
    csv: ({ isCurrent }) => String(isCurrent),
  },
  { key: 'name', header: 'PROFILE', keepsWidth: true, cell: ({ name }) => name },
  { key: 'url', header: 'SERVER', cell: ({ url }) => url },
  { key: 'signedInAs', header: 'SIGNED IN AS', cell: ({ signedInAs }) => signedInAs },
  { key: 'kind', header: 'BY', isMinor: true, cell: ({ kind }) => kindWords[kind], csv: ({ kind }) => kind },
  { key: 'workspace', header: 'WORKSPACE', isMinor: true, cell: ({ workspace }) => workspace ?? '' },
]

const kindWords = { local: 'tenantatlas up', session: 'browser', key: 'API key' } as const
