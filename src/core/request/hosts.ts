// Host check: names that resolve to this machine alone, whatever DNS says.

import { isIPv4 } from 'node:net'

/** True for `localhost` and loopback addresses: any other name can be pointed elsewhere. */
export const isLoopback = (host: string): boolean => {
  const plain = host
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:/, '')
  return plain === 'localhost' || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}

/**
 * Tells whether a `Host` header names this machine (`localhost` and names below it, RFC 6761 section 6.3; a loopback
 * address) or one of `names`. Ports are ignored: a page that is open under a name may be behind any of them.
 */
export const createOwnHosts = (names: readonly string[]): ((host: string) => boolean) => {
  const others = new Set(names.map((name) => name.toLowerCase()))
  return (host) => {
    const name = nameIn(host)
    return isLoopback(name) || name.endsWith('.localhost') || others.has(name)
  }
}

const nameIn = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')
