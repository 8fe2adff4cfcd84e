import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { readLocalSignIn } from '#entrypoints/cli/server/local-sign-in.ts'
import { profileNamed, readProfiles } from '#entrypoints/cli/server/profiles.ts'
import { environmentProfile, localProfile } from '#entrypoints/cli/server/server.ts'
import type { Server } from '#entrypoints/cli/server/server.ts'
import { serverUrl } from '#entrypoints/cli/server/server-url.ts'

export interface FoundServer extends Server {
  readonly kind: 'local' | 'session' | 'key'
  /** The workspace its commands act in, where none is named. */
  readonly workspace: string | undefined
}

/**
 * The server this command talks to: that of `--profile`; else what the environment names; else the current profile; else
 * the `up` that runs on the data directory.
 * @throws Failure `not_found`, `invalid_input`, `dependency_unreachable` when there is none
 */
export async function findServer(cli: Cli): Promise<FoundServer> {
  const { profile } = cli.options
  if (profile === localProfile) return localServer(cli)
  if (profile !== undefined) return profiled(cli, profile)
  const named = namedByEnvironment(cli)
  if (named !== undefined) return named
  const { current } = await readProfiles(cli.env)
  return current === null ? localServer(cli) : profiled(cli, current)
}

async function profiled(cli: Cli, name: string): Promise<FoundServer> {
  const { url, token, kind, workspace } = profileNamed(await readProfiles(cli.env), name)
  return { profile: name, url, token, kind, workspace }
}

function namedByEnvironment({ env }: Cli): FoundServer | undefined {
  const url = env['TENANTATLAS_URL'] ?? ''
  const token = env['TENANTATLAS_API_KEY'] ?? ''
  if (url === '' && token === '') return undefined
  if (url === '' || token === '')
    throw new Failure(
      'missing_configuration',
      `TENANTATLAS_URL and TENANTATLAS_API_KEY belong together; ${url === '' ? 'TENANTATLAS_URL' : 'TENANTATLAS_API_KEY'} is not set.`,
    )
  return { profile: environmentProfile, url: serverUrl(url), token, kind: 'key', workspace: undefined }
}

async function localServer(cli: Cli): Promise<FoundServer> {
  const { dataDir } = await cli.config()
  const signIn = await readLocalSignIn(dataDir)
  if (signIn !== undefined) return { profile: localProfile, ...signIn, kind: 'local', workspace: undefined }
  const runningAt = await ownerlessAt(dataDir)
  if (runningAt !== undefined)
    throw new Failure(
      'invalid_state',
      `Nobody owns what runs at ${runningAt} yet: make the first owner with the link that its console printed; commands here are signed in right after.`,
    )
  throw new Failure(
    'dependency_unreachable',
    `TenantAtlas is not running on ${dataDir}: start it with \`npm start\` (or \`tenantatlas up\`), or sign in to a server with \`tenantatlas login <url>\`.`,
  )
}

/** Where an `up` runs that keeps no sign-in: it does once there is an owner. */
async function ownerlessAt(dataDir: string): Promise<string | undefined> {
  const { readInstallation } = await import('#entrypoints/cli/installation.ts')
  const announced = await readInstallation(dataDir)
  return announced !== undefined && isAlive(announced.pid) ? announced.pageUrl : undefined
}

/** A kill leaves behind what was announced. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
