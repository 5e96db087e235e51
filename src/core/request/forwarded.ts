// Client addresses behind proxies: `X-Forwarded-For` is read only from trusted ones.

import ipaddr from 'ipaddr.js'
import { partsOf } from '../text.ts'
import { isIn, isIPv6, networkOf, plainAddress } from './networks.ts'

/** True for the address of a trusted proxy. */
export type IsTrusted = (address: string) => boolean

/** Prefix of an IPv6 network that one customer has, with 2^64 addresses in it. */
const NETWORK_BITS = 64

/**
 * @param text addresses and networks (CIDR), separated by commas; `loopback` is this machine
 * @throws Error that names the part that is neither
 */
export const parseProxies = (text: string): IsTrusted => {
  const networks = partsOf(text, ',')
    .flatMap((part) => (part === 'loopback' ? ['127.0.0.0/8', '::1/128'] : part))
    .map(requireNetwork)
  return (address) => {
    const parsed = plainAddress(address)
    return parsed !== undefined && networks.some((network) => isIn(parsed, network))
  }
}

/**
 * The client address: that of the peer, or, behind trusted proxies, the right-most one of `X-Forwarded-For` that is not a
 * trusted proxy. Addresses left of it come from the client, which can write anything.
 *
 * @param peer undefined where there is no connection
 */
export const forwardedAddress = (
  peer: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: IsTrusted,
): string | undefined => {
  let address = plainAddress(peer ?? '')?.toString() ?? peer
  if (address === undefined || forwardedFor === undefined) return address
  for (const part of forwardedFor.split(',').reverse()) {
    if (!isTrusted(address)) break
    const next = plainAddress(withoutPort(part.trim()))
    if (next === undefined) break
    address = next.toString()
  }
  return address
}

/** Key that the requests of one client are counted under: its address, for IPv6 its /64 network. */
export const clientNetwork = (address: string): string => {
  const parsed = plainAddress(address)
  if (parsed === undefined) return address
  if (!isIPv6(parsed)) return parsed.toString()
  const parts = parsed.parts.map((part, at) => (at < NETWORK_BITS / 16 ? part : 0))
  return `${new ipaddr.IPv6(parts).toString()}/${NETWORK_BITS}`
}

const requireNetwork = (text: string) => {
  const network = networkOf(text)
  if (network === undefined)
    throw new Error(`expected an address, a network such as 10.0.0.0/8, or loopback; received "${text}"`)
  return network
}

const withoutPort = (text: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
