// Destinations of webhooks: the form of their URLs, and the addresses that they may lead to.
//
// Only addresses of the public Internet are allowed, and those that the operator names: a URL must not reach services of
// the own network in the name of this server (CWE-918). The host of a URL is checked where it is a literal address, and
// every address that a name resolves to at the moment of the connection.

import ipaddr from 'ipaddr.js'
import { type Address, isIn, type Network, networkOf, plainAddress } from '../request/networks.ts'
import { partsOf } from '../text.ts'

/** Longest URL, in characters. */
export const MAX_URL_LENGTH = 2000

export const URL_RULE = `an http or https URL of at most ${MAX_URL_LENGTH} characters, without user name, password and fragment`

/** Undefined where the text is not a URL that {@link URL_RULE} describes. */
export const parseDestination = (text: string): URL | undefined => {
  if (text.length > MAX_URL_LENGTH || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.username === '' && url.password === '' && !text.includes('#') ? url : undefined
}

/** Hosts and networks of the own network that webhooks may lead to. */
export interface AllowedDestinations {
  /** In lower case, without a dot at the end. */
  hosts: ReadonlySet<string>
  networks: readonly Network[]
}

export const NO_DESTINATIONS: AllowedDestinations = { hosts: new Set(), networks: [] }

/**
 * @param text addresses, networks (CIDR) and host names, separated by commas
 * @throws Error that names the part that is none of them
 */
export const parseAllowed = (text: string): AllowedDestinations => {
  const hosts = new Set<string>()
  const networks: Network[] = []
  for (const part of partsOf(text, ',')) {
    const network = networkOf(part.replace(BRACKETS, '$1'))
    if (network) networks.push(network)
    else if (HOST.test(part)) hosts.add(plainHost(part))
    else throw new Error(`expected an address, a network or a host name, got "${part}"`)
  }
  return { hosts, networks }
}

/** A name with a letter in its last part, so that a misspelt address is no name. */
const HOST = /^(?:[a-z0-9_-]+\.)*[a-z0-9-]*[a-z][a-z0-9-]*\.?$/i

/** Brackets around an IPv6 address. */
const BRACKETS = /^\[(.*)\]$/

const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '')

/** True where every address of a host name is allowed. */
export const isAllowedHost = (host: string, { hosts }: AllowedDestinations): boolean => hosts.has(plainHost(host))

/** The literal address in the host of a URL, in any notation that URLs have; undefined for a name. */
export const literalAddress = ({ hostname }: URL): string | undefined => {
  // The parser of URLs has already written 127.1, 0x7f000001 and 2130706433 as 127.0.0.1.
  const host = hostname.replace(BRACKETS, '$1')
  return plainAddress(host) ? host : undefined
}

/** True for an address of the public Internet, and for one that is named. */
export const isAllowedAddress = (text: string, { networks }: AllowedDestinations): boolean => {
  const address = plainAddress(text)
  if (address === undefined) return false
  return isPublic(address) || networks.some((network) => isIn(address, network))
}

/** Prefix of all IPv6 addresses that are assigned on the Internet (RFC 4291 section 2.4). */
const GLOBAL_UNICAST: Network = [ipaddr.IPv6.parse('2000::'), 3]

/** Neither private nor special. Ranges that tunnel to IPv4 addresses (6to4, Teredo, NAT64) are special. */
const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, GLOBAL_UNICAST))
