import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { createApi } from '#entrypoints/cli/server/api.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import { findServer } from '#entrypoints/cli/server/find-server.ts'
import type { FoundServer } from '#entrypoints/cli/server/find-server.ts'
import { readLocalSignIn } from '#entrypoints/cli/server/local-sign-in.ts'
import { profileNamed, readProfiles, writeProfiles } from '#entrypoints/cli/server/profiles.ts'
import { signInByDevice } from '#entrypoints/cli/server/sign-in-by-device.ts'

/** The server this command talks to, and its API. @throws Failure as `findServer` */
export async function connect(cli: Cli): Promise<{ readonly server: FoundServer; readonly api: Api }> {
  const server = await findServer(cli)
  const { url, token } = server
  const api = createApi({ url, token, signal: cli.signal, renew: (refusal) => renewed(cli, server, refusal) })
  return { server, api }
}

/** A session that has ended, or is too old for what is asked, is signed in again; a key is as good as it ever gets. */
async function renewed(cli: Cli, server: FoundServer, refusal: Failure): Promise<string | undefined> {
  if (server.kind === 'local') return keptByUp(cli, server)
  if (server.kind === 'key') return undefined
  if (!cli.options.input || !cli.terminal.isInteractive)
    throw new Failure(
      refusal.reason,
      `${refusal.message} Sign in again with \`tenantatlas login ${server.url} --name ${server.profile}\`, or use an API key.`,
    )
  cli.terminal.say(refusal.message)
  const token = await signInByDevice(cli, server.url)
  const profiles = await readProfiles(cli.env)
  const profile = profileNamed(profiles, server.profile)
  await writeProfiles(cli.env, {
    ...profiles,
    profiles: { ...profiles.profiles, [server.profile]: { ...profile, token } },
  })
  return token
}

/** `up` renews the sign-in it keeps: another one may be there by now. */
async function keptByUp(cli: Cli, { token }: FoundServer): Promise<string | undefined> {
  const { dataDir } = await cli.config()
  const now = await readLocalSignIn(dataDir)
  return now === undefined || now.token === token ? undefined : now.token
}
