// Addresses and networks (CIDR) of IPv4 and IPv6.

import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address, and the bits of it that all addresses of the network have. */
export type Network = readonly [Address, number]

export const isIPv6 = (address: Address): address is ipaddr.IPv6 => address.kind() === 'ipv6'

/** Undefined for anything but an address. An IPv4-mapped IPv6 address counts as IPv4; a zone is ignored. */
export const plainAddress = (text: string): Address | undefined => {
  const bare = text.replace(/%.*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  if (!ipaddr.IPv6.isValid(bare)) return undefined
  const address = ipaddr.IPv6.parse(bare)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** Undefined for anything but an address or a network such as `10.0.0.0/8`. */
export const networkOf = (text: string): Network | undefined => {
  const [, base = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const address = plainAddress(base)
  const most = address && isIPv6(address) ? 128 : 32
  return address === undefined || Number(bits ?? most) > most ? undefined : [address, Number(bits ?? most)]
}

export const isIn = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits)
