import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { pickWorkspace } from '#entrypoints/cli/pick-workspace.ts'
import { readSecretFile } from '#entrypoints/cli/read-secret-file.ts'
import { createApi } from '#entrypoints/cli/server/api.ts'
import { profilesPath, readProfiles, requireProfileName, writeProfiles } from '#entrypoints/cli/server/profiles.ts'
import type { Profile } from '#entrypoints/cli/server/profiles.ts'
import { serverUrl } from '#entrypoints/cli/server/server-url.ts'
import { signInByDevice } from '#entrypoints/cli/server/sign-in-by-device.ts'

interface Options {
  name?: string
  apiKeyFile?: string
  defaultWorkspace?: string
}

export const login: Command<Options> = async (cli, [text = ''], { name, apiKeyFile, defaultWorkspace }) => {
  const url = serverUrl(text)
  const profile = requireProfileName(name ?? new URL(url).hostname)
  // Before anybody goes to a browser: a file that cannot be read could not be written either.
  const { profiles } = await readProfiles(cli.env)
  await requireReady(cli, url)
  const kind = apiKeyFile === undefined ? 'session' : 'key'
  const token = apiKeyFile === undefined ? await signInByDevice(cli, url) : await keyIn(cli, apiKeyFile)
  const signedIn = await createApi({ url, token, signal: cli.signal }).me.show()
  const workspace = defaultWorkspace && pickWorkspace(signedIn.workspaces, defaultWorkspace).slug
  const made: Profile = { url, kind, token, name: signedIn.name, ...(workspace && { workspace }) }
  await writeProfiles(cli.env, { current: profile, profiles: { ...profiles, [profile]: made } })
  cli.terminal.say(`Signed in to ${url} as ${signedIn.name}; commands go there from now on (profile "${profile}").`)
  cli.terminal.say(`Kept in ${profilesPath(cli.env)}, for you alone. \`tenantatlas logout\` ends it.`)
}

async function requireReady(cli: Cli, url: string): Promise<void> {
  const { needsSetup } = await createApi({ url, token: undefined, signal: cli.signal }).signIn.options()
  if (needsSetup)
    throw new Failure(
      'invalid_state',
      `Nobody can sign in to ${url} yet: make its first owner with the link that its console printed.`,
    )
}

async function keyIn(cli: Cli, file: string): Promise<string> {
  const key = (await readSecretFile(cli, file)).trim()
  if (/^ta_\S+$/.test(key)) return key
  throw new Failure('invalid_input', `"${file}" holds no API key: one begins with ta_ and has no spaces.`)
}
