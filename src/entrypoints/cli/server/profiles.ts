/** The servers a person has signed in to, in one file of theirs that nobody else on the machine may open. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { refuseReadableByOthers, writePrivateFile } from '#entrypoints/cli/server/private-file.ts'
import { environmentProfile, localProfile } from '#entrypoints/cli/server/server.ts'

const profile = z.object({
  url: z.url(),
  /** `session`: of a person, who signs in again when it ends. */
  kind: z.enum(['session', 'key']),
  token: z.string(),
  /** Who signed in, as the server named them. */
  name: z.string(),
  /** Its commands act in it where `--workspace` names no other. */
  workspace: z.string().optional(),
})
export type Profile = z.output<typeof profile>

const file = z.object({ current: z.string().nullable(), profiles: z.record(z.string(), profile) })
export type Profiles = z.output<typeof file>

type Environment = Readonly<Record<string, string | undefined>>

/** Where they are kept: `TENANTATLAS_CONFIG_DIR`, else the folder for configuration of the person's account. */
export function profilesPath(env: Environment): string {
  const chosen = env['TENANTATLAS_CONFIG_DIR'] ?? ''
  if (chosen !== '') return join(chosen, 'profiles.json')
  const home = env['XDG_CONFIG_HOME'] ?? ''
  return join(home === '' ? join(env['HOME'] ?? homedir(), '.config') : home, 'tenantatlas', 'profiles.json')
}

/** @throws Failure `invalid_state` for a file that others may open, or that is none of ours */
export async function readProfiles(env: Environment): Promise<Profiles> {
  const path = profilesPath(env)
  let text: string
  try {
    await refuseReadableByOthers(path)
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { current: null, profiles: {} }
    throw error
  }
  const read = file.safeParse(parsed(text))
  if (read.success) return read.data
  throw new Failure('invalid_state', `${path} cannot be read as profiles: move it away and sign in again.`)
}

export async function writeProfiles(env: Environment, profiles: Profiles): Promise<void> {
  await writePrivateFile(profilesPath(env), `${JSON.stringify(profiles, null, 2)}\n`)
}

/** @throws Failure `not_found` with what was perhaps meant */
export function profileNamed({ profiles }: Profiles, name: string): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (found !== undefined) return found
  const hint = didYouMean(name, Object.keys(profiles)) || ' `tenantatlas profile list` shows those there are.'
  throw new Failure('not_found', `There is no profile "${name}".${hint}`)
}

/** @throws Failure `invalid_input` */
export function requireProfileName(name: string): string {
  const isTaken = name === localProfile || name === environmentProfile
  if (!isTaken && /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) return name
  throw new Failure(
    'invalid_input',
    isTaken
      ? `"${name}" is the name of a profile that nobody makes: choose another with --profile.`
      : `A profile is named by up to 63 letters, digits, dots, dashes and underscores, not "${name}".`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
