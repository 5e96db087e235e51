// Names that lead to this machine alone, whatever the name servers of others say.

import { isIPv4 } from 'node:net'

/** Names other than `localhost` can mean anything tomorrow. */
export const isLoopback = (host: string): boolean => {
  const plain = host
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:/, '')
  return plain === 'localhost' || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}

/**
 * Says of a `Host` header whether it names this machine (`localhost` and names below it, RFC 6761 section 6.3; an address
 * of loopback) or one of `names`. Ports are not looked at: a page that is open under a name may be behind any of them.
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
