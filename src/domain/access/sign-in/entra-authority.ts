import { plainAddress } from '#domain/access/sign-in/plain-address.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** Where people sign in: a cloud of Microsoft's, for every organization or for one tenant. */
export interface EntraAuthority {
  readonly origin: string
  readonly audience: 'organizations' | { readonly tenantId: string }
  /** Plain http: the simulator on this machine. */
  readonly isPlain: boolean
}

/**
 * `common` and `consumers` are refused: they let personal accounts in, which no organization looks after.
 * @throws Failure `missing_configuration` for anything but an https origin with `organizations` or a tenant id
 */
export function readAuthority(text: string): EntraAuthority {
  const url = plainAddress(text)
  const path = url?.pathname.replace(/^\/|\/$/g, '').toLowerCase() ?? ''
  if (url === undefined || !(path === 'organizations' || isUuid(path))) {
    throw new Failure(
      'missing_configuration',
      'TENANTATLAS_ENTRA_AUTHORITY must be like https://login.microsoftonline.com/organizations, or end in the id of your tenant; plain http is accepted only on this machine.',
    )
  }
  const audience = path === 'organizations' ? path : { tenantId: path }
  return { origin: url.origin, audience, isPlain: url.protocol === 'http:' }
}

/** What tokens of a tenant name as their issuer. */
export function issuerOf({ origin }: EntraAuthority, tenantId: string): string {
  return `${origin}/${tenantId}/v2.0`
}

export function authorityPath({ audience }: EntraAuthority): string {
  return audience === 'organizations' ? audience : audience.tenantId
}
