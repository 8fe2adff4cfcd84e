import type { Command } from '#entrypoints/cli/cli.ts'
import { profileNamed, readProfiles, writeProfiles } from '#entrypoints/cli/server/profiles.ts'
import { localProfile } from '#entrypoints/cli/server/server.ts'

export const profileUse: Command = async (cli, [name = '']) => {
  const kept = await readProfiles(cli.env)
  if (name === localProfile) {
    await writeProfiles(cli.env, { ...kept, current: null })
    cli.terminal.say('Commands go to what `tenantatlas up` runs on this machine.')
    return
  }
  const { url, name: signedInAs } = profileNamed(kept, name)
  await writeProfiles(cli.env, { ...kept, current: name })
  cli.terminal.say(`Commands go to ${url} as ${signedInAs}.`)
}
