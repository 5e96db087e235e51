// Client address of a request, behind trusted proxies.

import { LRUCache } from 'lru-cache'
import { clientNetwork, forwardedAddress, type IsTrusted } from '../../core/request/forwarded.ts'
import type { RequestView } from '../context.ts'

export interface ClientAddress {
  /** Undefined where the app runs without a connection. */
  addressOf(request: RequestView): string | undefined
  /** {@link clientNetwork} of the address, the unit of limits. */
  networkOf(request: RequestView): string | undefined
  /** Whether the client speaks TLS, to this server or to a trusted proxy. @param url absolute */
  isSecure(request: RequestView, url: string): boolean
}

/** @param isTrusted whether a peer is a trusted proxy, which sets `X-Forwarded-For` and `X-Forwarded-Proto` */
export const createClientAddress = (isTrusted: IsTrusted): ClientAddress => {
  /** Parsed addresses of peers: parsing takes longer than writing a log line. */
  const peers = new LRUCache<string, { address: string | undefined; isTrusted: boolean }>({ max: 1000 })

  const readPeer = (peer: string) => {
    const read = { address: forwardedAddress(peer, undefined, isTrusted), isTrusted: isTrusted(peer) }
    peers.set(peer, read)
    return read
  }

  const addressOf: ClientAddress['addressOf'] = ({ socket, header }) => {
    const peer = socket?.remoteAddress
    if (peer === undefined) return undefined
    const known = peers.get(peer) ?? readPeer(peer)
    return known.isTrusted ? forwardedAddress(peer, header('x-forwarded-for'), isTrusted) : known.address
  }

  return {
    addressOf,

    networkOf(request) {
      const address = addressOf(request)
      return address === undefined ? undefined : clientNetwork(address)
    },

    isSecure({ socket, header }, url) {
      const forwarded = header('x-forwarded-proto')
      if (forwarded !== undefined && isTrusted(socket?.remoteAddress ?? '')) return /(^|,)\s*https\s*$/i.test(forwarded)
      return url.startsWith('https:')
    },
  }
}
