// Where a request comes from, behind the proxies that are trusted.

import { forwardedAddress, type IsTrusted } from '../core/proxies.ts'
import { type Context, incomingOf } from './respond.ts'

export interface Client {
  /** Of the client, undefined where the app runs without a connection. */
  addressOf(c: Context): string | undefined
  /** The same from the connection's other end and what `X-Forwarded-For` says. */
  addressBehind(peer: string | undefined, forwardedFor: string | undefined): string | undefined
  /** Whether the client speaks TLS, to this server or to a trusted proxy. */
  isSecure(c: Context): boolean
}

/** @param isTrusted says which peers are proxies whose word counts */
export const createClient = (isTrusted: IsTrusted): Client => {
  const peerOf = (c: Context): string | undefined => incomingOf(c)?.socket.remoteAddress
  return {
    addressOf: (c) => forwardedAddress(peerOf(c), c.req.header('x-forwarded-for'), isTrusted),
    addressBehind: (peer, forwardedFor) => forwardedAddress(peer, forwardedFor, isTrusted),
    isSecure(c) {
      const forwarded = c.req.header('x-forwarded-proto')
      if (forwarded !== undefined && isTrusted(peerOf(c) ?? '')) return /(^|,)\s*https\s*$/i.test(forwarded)
      return c.req.url.startsWith('https:')
    },
  }
}
