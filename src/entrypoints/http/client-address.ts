import ipaddr from 'ipaddr.js'

/** An address or a range of addresses (CIDR) of proxies whose word counts. */
export type TrustedProxies = readonly string[]

/**
 * Where a request comes from. What a header says counts only as far as trusted proxies say it: read from the right, the
 * first address that is not one of theirs.
 */
export function clientAddress(
  socket: string | undefined,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string {
  const chain = [...(forwardedFor ?? '').split(','), socket ?? '']
    .map((address) => address.trim())
    .filter((address) => address !== '')
  for (const address of chain.toReversed()) {
    const plain = plainAddress(address)
    if (plain === undefined) return socket ?? 'unknown'
    if (!trusted.some((range) => isIn(plain, range))) return plain.toString()
  }
  return socket ?? 'unknown'
}

type Address = ReturnType<typeof ipaddr.process>

function plainAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined
}

function isIn(address: Address, range: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(
    range.includes('/') ? range : `${range}/${ipaddr.parse(range).kind() === 'ipv4' ? 32 : 128}`,
  )
  return address.kind() === network.kind() && address.match([network, bits] as never)
}
