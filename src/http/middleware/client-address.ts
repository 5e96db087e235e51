// Client address of a request, behind trusted proxies.

import { createBoundedMap } from '../../core/bounded-map.ts'
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

interface Client {
  address: string | undefined
  network: string | undefined
}

/** Limits of the caches of parsed addresses: parsing takes longer than writing a log line. */
const CACHED = { max: 1000, maxLength: 200 }

const UNKNOWN: Client = { address: undefined, network: undefined }

/** @param isTrusted whether a peer is a trusted proxy, which sets `X-Forwarded-For` and `X-Forwarded-Proto` */
export const createClientAddress = (isTrusted: IsTrusted): ClientAddress => {
  const peers = createBoundedMap<{ client: Client; isTrusted: boolean }>(CACHED.max)
  /** By peer and `X-Forwarded-For`. */
  const clients = createBoundedMap<Client>(CACHED.max)

  const read = (peer: string, forwardedFor: string | undefined): Client => {
    const address = forwardedAddress(peer, forwardedFor, isTrusted)
    return { address, network: address === undefined ? undefined : clientNetwork(address) }
  }

  const readPeer = (peer: string) => {
    const found = { client: read(peer, undefined), isTrusted: isTrusted(peer) }
    peers.set(peer, found)
    return found
  }

  const clientOf = ({ socket, header }: RequestView): Client => {
    const peer = socket?.remoteAddress
    if (peer === undefined) return UNKNOWN
    const known = peers.get(peer) ?? readPeer(peer)
    const forwardedFor = known.isTrusted ? header('x-forwarded-for') : undefined
    if (forwardedFor === undefined) return known.client
    const key = `${peer} ${forwardedFor}`
    const cached = clients.get(key)
    if (cached) return cached
    const client = read(peer, forwardedFor)
    if (key.length <= CACHED.maxLength) clients.set(key, client)
    return client
  }

  return {
    addressOf: (request) => clientOf(request).address,

    networkOf: (request) => clientOf(request).network,

    isSecure({ socket, header }, url) {
      const forwarded = header('x-forwarded-proto')
      if (forwarded !== undefined && isTrusted(socket?.remoteAddress ?? '')) return /(^|,)\s*https\s*$/i.test(forwarded)
      return url.startsWith('https:')
    },
  }
}
