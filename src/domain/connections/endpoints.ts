import { clouds, originOf } from '#graph/client/clouds.ts'
import type { CloudName, Endpoints } from '#graph/client/clouds.ts'

export type Cloud = CloudName | 'custom'

/** One of Microsoft's clouds by name, or endpoints of one's own: a simulated tenant, a proxy. */
export type EndpointChoice = { readonly cloud: CloudName } | ({ readonly cloud: 'custom' } & Endpoints)

/** @throws Failure `missing_configuration` for an own endpoint that is no https origin; plain http only on this machine. */
export function endpointsOf(choice: EndpointChoice): Endpoints {
  if (choice.cloud === 'custom') {
    return { authorityUrl: originOf(choice.authorityUrl, 'sign-in'), graphUrl: originOf(choice.graphUrl, 'Graph') }
  }
  const { authorityUrl, graphUrl } = clouds[choice.cloud]
  return { authorityUrl, graphUrl }
}
