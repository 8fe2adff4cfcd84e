import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { createApi } from '#entrypoints/cli/server/api.ts'
import { profileNamed, readProfiles, writeProfiles } from '#entrypoints/cli/server/profiles.ts'
import type { Profile, Profiles } from '#entrypoints/cli/server/profiles.ts'
import { localProfile } from '#entrypoints/cli/server/server.ts'

export const logout: Command = async (cli) => {
  const kept = await readProfiles(cli.env)
  const name = nameOf(cli, kept)
  const profile = profileNamed(kept, name)
  const isEnded = await endSession(cli, profile)
  const { [name]: _, ...profiles } = kept.profiles
  await writeProfiles(cli.env, { current: kept.current === name ? null : kept.current, profiles })
  cli.terminal.say(`Profile "${name}" is forgotten${isEnded ? ' and its session ended' : ''}.`)
  if (profile.kind === 'key') cli.terminal.say('Its API key goes on working elsewhere; revoke it where it was made.')
  else if (!isEnded)
    cli.terminal.say(`${profile.url} could not be told: end the session there, or it ends by itself within hours.`)
}

function nameOf({ options }: Cli, { current }: Profiles): string {
  const name = options.profile ?? current
  if (name === localProfile)
    throw new Failure('invalid_input', 'Profile "local" lives as long as `tenantatlas up`: stop that instead.')
  if (name !== null && name !== undefined) return name
  throw new Failure('not_found', 'You are signed in nowhere; `tenantatlas profile list` shows where you could be.')
}

/** A server that is gone, or ended the session before, does not keep anybody from forgetting it. */
async function endSession({ signal }: Cli, { url, token, kind }: Profile): Promise<boolean> {
  if (kind === 'key') return false
  try {
    await createApi({ url, token, signal }).me.signOut()
    return true
  } catch (error) {
    if (error instanceof Failure) return error.reason === 'sign_in_required'
    throw error
  }
}
