import { Failure } from '#foundation/kernel/failure.ts'

/** Where a tenant signs in and where its Graph answers. Tokens of one cloud mean nothing in another. */
export interface Endpoints {
  readonly authorityUrl: string
  readonly graphUrl: string
}

/** Microsoft's clouds (https://learn.microsoft.com/graph/deployments). */
export const clouds = {
  global: {
    label: 'Global and GCC',
    authorityUrl: 'https://login.microsoftonline.com',
    graphUrl: 'https://graph.microsoft.com',
  },
  usgov_l4: {
    label: 'US Government L4 (GCC High)',
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us',
  },
  usgov_l5: {
    label: 'US Government L5 (DoD)',
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us',
  },
  china: {
    label: 'China (21Vianet)',
    authorityUrl: 'https://login.chinacloudapi.cn',
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
  },
} as const satisfies Record<string, Endpoints & { label: string }>

export type Cloud = keyof typeof clouds | 'custom'

/** One of Microsoft's clouds by name, or endpoints of one's own: a simulated tenant, a proxy. */
export type EndpointChoice = { readonly cloud: keyof typeof clouds } | ({ readonly cloud: 'custom' } & Endpoints)

export function isCloud(text: string): text is keyof typeof clouds {
  return Object.hasOwn(clouds, text)
}

/** @throws Failure `invalid_input` for an own endpoint that is no plain https address; http only on this machine. */
export function endpointsOf(choice: EndpointChoice): Endpoints {
  if (choice.cloud !== 'custom') {
    const { authorityUrl, graphUrl } = clouds[choice.cloud]
    return { authorityUrl, graphUrl }
  }
  return { authorityUrl: originOf(choice.authorityUrl, 'authority'), graphUrl: originOf(choice.graphUrl, 'Graph') }
}

// A secret sent over plain http can be read on the way; on the loopback interface there is no way.
function originOf(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlainOrigin = url !== undefined && url.origin !== 'null' && url.href === `${url.origin}/`
  if (url === undefined || !isPlainOrigin) {
    throw new Failure('invalid_input', `The ${what} address "${text}" must be an address without path, such as https://graph.example.com.`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Failure('invalid_input', `The ${what} address "${text}" must use https; http is accepted on this machine only.`)
  }
  return url.origin
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
