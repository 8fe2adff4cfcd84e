import { endpointsOf, type EndpointChoice } from '#domain/connections/endpoints.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Whoever is not beside the database names Microsoft's clouds only: any other address is where a worker would be sent to,
 * inside the own network, too. `allowed`: hosts the operator named, with their port where they have one.
 * @throws Failure `invalid_input`
 */
export function requireAllowedEndpoints(choice: EndpointChoice, allowed: readonly string[]): void {
  if (choice.cloud !== 'custom') return
  const { authorityUrl, graphUrl } = endpointsOf(choice)
  const foreign = [authorityUrl, graphUrl].map((url) => new URL(url).host).find((host) => !allowed.includes(host))
  if (foreign === undefined) return
  throw new Failure(
    'invalid_input',
    `endpoints: ${foreign} is not one of Microsoft's clouds; the operator of this installation has to name it in TENANTATLAS_GRAPH_ALLOW_HOSTS.`,
  )
}
