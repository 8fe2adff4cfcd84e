/**
 * Where a notification may be sent. A channel is an address somebody typed, so it must not reach what only this machine
 * reaches: https to the public internet, or a host that the operator of the installation allows by name.
 */
import { lookup as lookupInDns } from 'node:dns/promises'
import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from '#domain/notifications/allowed-address.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export type Lookup = (host: string, options: LookupAllOptions) => Promise<LookupAddress[]>

export interface ReceiverRules {
  /** Host names that may be inside the own network, and be spoken to without encryption. */
  readonly allowHosts: readonly string[]
  readonly lookup?: Lookup
}

/** The host, and every address that may be connected to: looked up once, checked all. */
export interface Receiver {
  readonly host: string
  readonly addresses: readonly LookupAddress[]
}

const longest = 2_000

/** The address of a receiver. @throws Failure `invalid_input` that never repeats it: it may carry a key */
export function parseReceiverUrl(text: string, rules: ReceiverRules): URL {
  const url = text.length <= longest ? URL.parse(text.trim()) : null
  if (url === null) throw refusal('The address is not like https://hooks.example.com/path.')
  if (!['https:', 'http:'].includes(url.protocol)) throw refusal('The address must begin with https://.')
  if (url.username !== '' || url.password !== '')
    throw refusal('The address must not carry a user name or password before the host.')
  const host = hostOf(url)
  if (url.protocol === 'http:' && !isAllowed(host, rules))
    throw refusal(`The address must begin with https://; ${howToAllow(host)}`)
  refuseKnownForbidden(host, rules)
  url.hash = ''
  return url
}

/** The host of an address as `lookup` takes it: without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** The host of a mail server, written as in an address. @throws Failure `invalid_input` */
export function parseReceiverHost(text: string, rules: ReceiverRules): string {
  const typed = text.trim()
  const url = typed.length <= longest ? URL.parse(`https://${isIP(typed) === 6 ? `[${typed}]` : typed}/`) : null
  if (url === null || url.href !== `https://${url.hostname}/`)
    throw refusal(`"${typed.slice(0, 100)}" is not the name of a host, such as smtp.example.com.`)
  refuseKnownForbidden(hostOf(url), rules)
  return hostOf(url)
}

/** What needs no look-up to be refused. Every way to write an address in numbers is one way by now: URL saw to it. */
function refuseKnownForbidden(host: string, rules: ReceiverRules): void {
  if (isAllowed(host, rules)) return
  const isForbidden = isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)
  if (isForbidden) throw forbidden(host)
}

function isLocalName(host: string): boolean {
  return !host.includes('.') || /(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$/i.test(host)
}

/** Looks a receiver up, once, and checks all its addresses. @throws Failure `invalid_input`, `dependency_unreachable` */
export async function findReceiver(host: string, rules: ReceiverRules): Promise<Receiver> {
  const addresses = await lookUp(host, rules.lookup ?? lookupInDns)
  // One bad address is enough: which one is connected to is not for us to choose.
  if (!isAllowed(host, rules) && addresses.some(({ address }) => !isPublicAddress(address))) throw forbidden(host)
  return { host, addresses }
}

async function lookUp(host: string, lookup: Lookup): Promise<LookupAddress[]> {
  try {
    const addresses = await lookup(host, { all: true })
    if (addresses.length > 0) return addresses
  } catch (cause) {
    throw unknownHost(host, cause)
  }
  throw unknownHost(host)
}

/** For the connection: answers with the addresses that were checked, so that a second look-up cannot answer others. */
export function pinned({ addresses }: Receiver): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, [...addresses])
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
  }
}

export function isAllowed(host: string, { allowHosts }: ReceiverRules): boolean {
  return allowHosts.includes(host.toLowerCase())
}

function howToAllow(host: string): string {
  return `the operator of this installation can add "${host}" to TENANTATLAS_NOTIFY_ALLOW_HOSTS.`
}

function forbidden(host: string): Failure {
  return refusal(`"${host}" is not on the public internet; ${howToAllow(host)}`)
}

function refusal(message: string): Failure {
  return new Failure('invalid_input', message)
}

function unknownHost(host: string, cause?: unknown): Failure {
  return new Failure('dependency_unreachable', `The host "${host}" has no address.`, { cause })
}
