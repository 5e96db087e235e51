// Sends messages to receivers, by connections to allowed addresses alone.
//
// The check is part of the connection: the addresses that are checked are those that are connected to, so that a name
// that resolves to another address a moment later gains nothing. Redirects are not followed.

import dns from 'node:dns'
import { Agent, request } from 'undici'
import {
  type AllowedDestinations,
  isAllowedAddress,
  isAllowedHost,
  literalAddress,
  parseDestination,
} from '../../core/webhooks/destination.ts'

export interface SenderOptions {
  /** Destinations in the own network. */
  allowed: AllowedDestinations
  /** Longest time of one attempt, in milliseconds, with all of its connections. @default 10000 */
  timeoutMs?: number
  /** Resolves a name to all of its addresses. @default that of the system */
  resolve?: Resolve
}

export type Resolve = (
  host: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void

export interface Sent {
  /** Status of the answer; null where there was none. */
  status: number | null
  /** Reason for which there was none; null where there was one. */
  error: string | null
}

export interface Sender {
  /** Posts a body of JSON. Never throws. @param signal ends the attempt */
  send(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<Sent>
  /** Why a destination is refused before anything is sent to it; undefined where it is not. */
  refusalOf(url: URL): string | undefined
  /** Ends the connections. */
  close(): Promise<void>
}

const TIMEOUT_MS = 10_000

/** Limit of the part of an answer that is received, in bytes: its content has no meaning. */
const MAX_ANSWER_BYTES = 64 * 1024

/** Limit of the headers of an answer, in bytes. */
const MAX_HEADER_BYTES = 16 * 1024

/** Connections to one receiver at once. */
const CONNECTIONS = 4

const IDLE_MS = 4000

/** One text for names without an address and for addresses of the own network, so that it tells nothing about either. */
const REFUSED = 'expected a host with addresses of the public Internet alone, or one of WEBHOOK_ALLOW'
const REFUSED_CODE = 'ERR_DESTINATION'

export const createSender = ({ allowed, timeoutMs = TIMEOUT_MS, resolve = resolveAll }: SenderOptions): Sender => {
  const refused = () => Object.assign(new Error(REFUSED), { code: REFUSED_CODE })

  const agent = new Agent({
    connections: CONNECTIONS,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: {
      timeout: timeoutMs,
      // One address that is not allowed refuses the name: mixed answers are the mark of an attack by DNS.
      lookup(host, options, callback) {
        resolve(host, (error, addresses) => {
          const [first] = addresses
          if (error || !first) return callback(refused(), [])
          if (!isAllowedHost(host, allowed) && addresses.some(({ address }) => !isAllowedAddress(address, allowed)))
            return callback(refused(), [])
          if (options.all) callback(null, addresses)
          else callback(null, first.address, first.family)
        })
      },
    },
  })

  const refusalOf = (url: URL): string | undefined => {
    // A literal address is connected to without a look-up.
    const address = literalAddress(url)
    return address !== undefined && !isAllowedAddress(address, allowed) ? REFUSED : undefined
  }

  return {
    refusalOf,

    async send(text, headers, body, signal) {
      const url = parseDestination(text)
      if (!url || refusalOf(url) !== undefined) return { status: null, error: REFUSED }
      // By hand: AbortSignal.any() of a signal that lives long keeps memory in Node 20.
      const end = new AbortController()
      const stop = () => end.abort()
      signal.addEventListener('abort', stop)
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        stop()
      }, timeoutMs)
      if (signal.aborted) stop()
      try {
        const answer = await request(url, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Tintype-Webhooks' },
          body,
          dispatcher: agent,
          signal: end.signal,
        })
        await answer.body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => {})
        return { status: answer.statusCode, error: null }
      } catch (error) {
        return { status: null, error: isLate ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error) }
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
    },

    close: () => agent.destroy(),
  }
}

const resolveAll: Resolve = (host, callback) =>
  // With an error there are no addresses, not even an empty list.
  dns.lookup(host, { all: true }, (error, addresses) => callback(error, error ? [] : addresses))

/** The code of the system or the library, without addresses: where a name leads to is not for its owner to learn. */
const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === REFUSED_CODE) return REFUSED
  return `the connection failed (${code})`
}
