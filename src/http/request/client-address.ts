// Where a request comes from, behind the proxies that are trusted.

import { LRUCache } from 'lru-cache'
import { clientNetwork, forwardedAddress, type IsTrusted } from '../../core/request/forwarded.ts'
import { type Context, incomingOf } from '../response/respond.ts'

export interface Client {
  /** Of the client, undefined where the app runs without a connection. */
  addressOf(c: Context): string | undefined
  /** What the client shares its limits with: {@link clientNetwork} of its address. */
  networkOf(c: Context): string | undefined
  /** The same from the connection's other end and what `X-Forwarded-For` says, asked only of a trusted proxy. */
  addressBehind(peer: string | undefined, forwardedFor: () => string | undefined): string | undefined
  /** Whether the client speaks TLS, to this server or to a trusted proxy. */
  isSecure(c: Context): boolean
}

/** @param isTrusted says which peers are proxies whose word counts */
export const createClient = (isTrusted: IsTrusted): Client => {
  const peerOf = (c: Context): string | undefined => incomingOf(c)?.socket.remoteAddress
  /** By their text: to read an address takes longer than the line of the log in which it stands. */
  const peers = new LRUCache<string, { address: string | undefined; isTrusted: boolean }>({ max: 1000 })

  const readPeer = (peer: string) => {
    const read = { address: forwardedAddress(peer, undefined, isTrusted), isTrusted: isTrusted(peer) }
    peers.set(peer, read)
    return read
  }

  const addressBehind: Client['addressBehind'] = (peer, forwardedFor) => {
    if (peer === undefined) return undefined
    const known = peers.get(peer) ?? readPeer(peer)
    return known.isTrusted ? forwardedAddress(peer, forwardedFor(), isTrusted) : known.address
  }

  const addressOf: Client['addressOf'] = (c) => addressBehind(peerOf(c), () => c.req.header('x-forwarded-for'))

  return {
    addressOf,
    networkOf(c) {
      const address = addressOf(c)
      return address === undefined ? undefined : clientNetwork(address)
    },
    addressBehind,
    isSecure(c) {
      const forwarded = c.req.header('x-forwarded-proto')
      if (forwarded !== undefined && isTrusted(peerOf(c) ?? '')) return /(^|,)\s*https\s*$/i.test(forwarded)
      return c.req.url.startsWith('https:')
    },
  }
}
