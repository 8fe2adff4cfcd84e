import ipaddr from 'ipaddr.js'

/** Where IPv6 addresses of the public internet lie; what is outside is for other purposes, named or not. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address belongs to the public internet. Everything with a special purpose does not: loopback, private,
 * link-local, shared (100.64/10), multicast, broadcast, reserved; nor do the forms of IPv6 that carry an IPv4 address,
 * mapped or translated, whatever they carry.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast)
}
