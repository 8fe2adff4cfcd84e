import { Failure } from '#foundation/kernel/failure.ts'

/** Where a tenant signs in and where its Graph is. */
export interface Endpoints {
  readonly authorityUrl: string
  readonly graphUrl: string
}

export interface Cloud extends Endpoints {
  readonly label: string
}

/** The national clouds (protocol/auth.json). A token of one is worth nothing in another. */
export const clouds = {
  global: {
    label: 'Microsoft 365, worldwide and GCC',
    authorityUrl: 'https://login.microsoftonline.com',
    graphUrl: 'https://graph.microsoft.com',
  },
  usGovL4: {
    label: 'US Government L4 (GCC High)',
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us',
  },
  usGovL5: {
    label: 'US Government L5 (DoD)',
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us',
  },
  china: {
    label: 'China, operated by 21Vianet',
    authorityUrl: 'https://login.chinacloudapi.cn',
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
  },
} as const satisfies Record<string, Cloud>

export type CloudName = keyof typeof clouds

/**
 * The origin of an endpoint, checked: https, or plain http on this machine (the simulator), and nothing behind the host.
 * @throws Failure `missing_configuration` for anything else
 */
export function originOf(url: string, label: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !isPlain(parsed) || !isSafe(parsed)) {
    throw new Failure(
      'missing_configuration',
      `The ${label} address of this connection must be an https origin such as ${clouds.global.graphUrl}; plain http is accepted only on this machine.`,
    )
  }
  return parsed.origin
}

function isPlain({ pathname, search, hash, username }: URL): boolean {
  return pathname === '/' && `${search}${hash}${username}` === ''
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** Whether a host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/**
 * A tenant id or domain, checked: it becomes a part of the sign-in address, to which the credential is sent.
 * @throws Failure `missing_configuration` for anything else
 */
export function tenantOf(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text) && !text.includes('..')) return text
  throw new Failure('missing_configuration', 'The Entra tenant of this connection must be a tenant id or a domain.')
}
